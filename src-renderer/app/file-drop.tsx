/** Files dropped anywhere on the window: snapshots go to the import screen, PDFs and proofs to verification. */
import { notifications } from '@mantine/notifications';
import { IconFileDownload } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { type JSX, useEffect, useState } from 'react';
import { failureOf } from '../api/client.ts';
import { grantDropped } from '../api/files.ts';
import { stageFiles } from '../api/staged.ts';

export function FileDrop({ unlocked }: { readonly unlocked: boolean }): JSX.Element | null {
  const [over, setOver] = useState(false);
  const navigate = useNavigate();
  useEffect(() => {
    const onDragOver = (event: DragEvent): void => {
      if (!event.dataTransfer?.types.includes('Files')) return;
      event.preventDefault();
      setOver(true);
    };
    const onLeave = (event: DragEvent): void => {
      if (event.relatedTarget === null) setOver(false);
    };
    const onDrop = (event: DragEvent): void => {
      setOver(false);
      if (!event.dataTransfer || event.dataTransfer.files.length === 0) return;
      event.preventDefault();
      grantDropped(event.dataTransfer).then(
        (files) => {
          if (files.length === 0) return;
          stageFiles(files);
          const toVerify = files.every((file) => /\.(pdf|json)$/i.test(file.name));
          void navigate({ to: toVerify ? '/verify' : unlocked ? '/import' : '/start' });
        },
        (error: unknown) =>
          notifications.show({ color: 'red', title: 'The file could not be taken', message: failureOf(error).message }),
      );
    };
    window.addEventListener('dragover', onDragOver);
    window.addEventListener('dragleave', onLeave);
    window.addEventListener('drop', onDrop);
    return () => {
      window.removeEventListener('dragover', onDragOver);
      window.removeEventListener('dragleave', onLeave);
      window.removeEventListener('drop', onDrop);
    };
  }, [navigate, unlocked]);
  return over ? (
    <div className="assay-drop" aria-hidden>
      <IconFileDownload size={40} />
      <span>Drop a snapshot to verify and import it, or a PDF report or a proof to verify it</span>
    </div>
  ) : null;
}
