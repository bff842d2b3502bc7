/** Hands something that the window made (a picture, a table) to the person: the host asks where to put it, or says where it went. */
import { notifications } from '@mantine/notifications';
import { assayHost } from '../api/bridge.ts';
import { failureOf } from '../api/client.ts';

export async function saveFile(name: string, content: Blob): Promise<void> {
  try {
    const saved = await assayHost().saveBytes({
      suggestedName: name,
      bytes: new Uint8Array(await content.arrayBuffer()),
    });
    if (saved)
      notifications.show({ color: 'verdigris', title: `Saved ${saved.name}`, message: `It is in ${saved.location}.` });
  } catch (error) {
    notifications.show({ color: 'red', title: 'Not saved', message: failureOf(error).message });
  }
}

/** A name that every file system takes. */
export const fileName = (text: string, extension: string): string =>
  `${
    text
      .replace(/[^\p{L}\p{N}._-]+/gu, '-')
      .replace(/^[-.]+|-+$/g, '')
      .slice(0, 100) || 'export'
  }.${extension}`;
