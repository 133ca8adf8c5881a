/** The notice as visitors see it; nothing in it can be pressed. */
import { noticeText, purposeTexts } from "../../domain/consent/notice.ts";
import type { Policy } from "../../domain/consent/policy.ts";
import { languageName } from "./words.ts";

export const NoticePreview = ({ policy, language }: { policy: Policy; language: string }) => {
  const text = noticeText(policy, language);
  if (!text) return null;
  return (
    <figure class="notice-preview">
      <figcaption class="soft">In {languageName(language)}</figcaption>
      <div lang={language}>
        <p>
          <strong>{text.title}</strong>
        </p>
        <p>{text.body}</p>
        <ul class="choices">
          {purposeTexts(policy, language).map(({ label, description, required }) => (
            <li>
              <span class="tick" aria-hidden="true">
                {required ? "✓" : ""}
              </span>
              <div>
                <strong>{label}</strong>
                <p class="soft">{description}</p>
              </div>
            </li>
          ))}
        </ul>
        <p class="as-buttons">
          <span>{text.acceptAll}</span> <span>{text.refuseAll}</span> <span>{text.save}</span>
        </p>
        <p class="soft">{text.ownData}</p>
      </div>
    </figure>
  );
};
