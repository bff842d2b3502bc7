/** Closes everything that a browser session can do and this application never needs. */
import type { Session } from 'electron';
import type { AssetServer } from '../assets.ts';
import { appScheme, isAllowedRequest, isAppUrl } from './security.ts';

export function closeSession(session: Session, assets: AssetServer): void {
  session.protocol.handle(appScheme, (request) => {
    if (!isAppUrl(request.url)) return new Response('Not found', { status: 404 });
    const asset = assets.serve(request.url, request.method);
    return new Response(new Uint8Array(asset.body), { status: asset.status, headers: { ...asset.headers } });
  });
  session.setPermissionRequestHandler((_contents, permission, answer) =>
    answer(permission === 'clipboard-sanitized-write'),
  );
  session.setPermissionCheckHandler((_contents, permission) => permission === 'clipboard-sanitized-write');
  session.setDevicePermissionHandler(() => false);
  session.setDisplayMediaRequestHandler(null);
  session.setSpellCheckerEnabled(false);
  session.webRequest.onBeforeRequest((details, answer) => answer({ cancel: !isAllowedRequest(details.url) }));
  session.on('will-download', (event) => event.preventDefault());
  session.enableNetworkEmulation({ offline: true });
}
