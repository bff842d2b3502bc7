/**
 * The layout engine in a worker of its own: a same-origin module, which the window's content security policy allows.
 *
 * Loaded where there is no document, ELK's own file takes over the worker's messages; nothing else is needed here.
 */
import 'elkjs/lib/elk-worker.min.js';
