/** A link whose address comes from the engine (`/findings?severities=critical`): in-app paths only, everything else is plain text. */
import { Anchor, type AnchorProps } from '@mantine/core';
import type { JSX, ReactNode } from 'react';

interface AppLinkProps extends AnchorProps {
  readonly link: string;
  readonly children: ReactNode;
}

export const isAppLink = (link: string): boolean => /^\/[a-z]/.test(link);

export function AppLink({ link, children, ...props }: AppLinkProps): JSX.Element {
  if (!isAppLink(link)) return <>{children}</>;
  return (
    <Anchor inherit {...props} href={`#${link}`}>
      {children}
    </Anchor>
  );
}
