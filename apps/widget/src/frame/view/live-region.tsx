import type { Announcer } from "../state/announcer.ts";
import { Watch } from "./watch.tsx";

/** Read aloud and not seen: the transcript itself changes too often to be listened to. */
export function LiveRegion({ announcer: { announcements } }: { readonly announcer: Announcer }) {
  return (
    <div class="unseen" role="status">
      <Watch on={[announcements]}>
        {() => announcements.value.map(({ id, text }) => <p key={id}>{text}</p>)}
      </Watch>
    </div>
  );
}
