/** An action as people meet it, in the frame of a phone. */
import type { ActionChannel } from "../../domain/action/catalogue.ts";
import { CHANNEL_WORDS } from "./words.ts";

export interface Content {
  channel: ActionChannel;
  label: string;
  title: string;
  text: string;
  href: string;
  image: string;
}

/** The topic that made it fit stands in its place; here any will do. */
const filled = (text: string): string => text.replaceAll("{topic}", "transfers");

const Card = ({ label, title, text, image }: Content) => (
  <>
    <div class="line wide" />
    <div class="line" />
    <div class="shown">
      {image !== "" && <div class="picture">Picture</div>}
      <strong>{filled(title) || "Title"}</strong>
      <p>{filled(text) || "Text"}</p>
      <p class="act">{label || "Label"}</p>
      <p class="dismiss">Not interested</p>
    </div>
    <div class="line wide" />
    <div class="line" />
    <div class="line wide" />
  </>
);

const Mail = ({ label, title, text, image }: Content) => (
  <>
    <p class="from">From your site · to one permitted address</p>
    <strong>{filled(title) || "Subject"}</strong>
    {image !== "" && <div class="picture">Picture</div>}
    <p>{filled(text) || "Text"}</p>
    <p class="act">{label || "Label"}</p>
    <p class="from">Unsubscribe</p>
  </>
);

const Push = ({ title, text }: Content) => (
  <div class="shown">
    <p class="from">Your app · now</p>
    <strong>{filled(title) || "Title"}</strong>
    <p>{filled(text) || "Text"}</p>
  </div>
);

const Sms = ({ title, text, href }: Content) => (
  <div class="bubble">
    {filled(title) || "Title"}: {filled(text) || "Text"} {filled(href)}
  </div>
);

const Call = ({ title, text }: Content) => (
  <div class="shown">
    <p class="from">On the list of the sales team</p>
    <strong>{filled(title) || "Title"}</strong>
    <p>{filled(text) || "Text"}</p>
  </div>
);

const SCREENS = { site: Card, email: Mail, push: Push, sms: Sms, sales: Call } as const;

export const Preview = ({ content }: { content: Content }) => {
  const Screen = SCREENS[content.channel];
  return (
    <figure class="phone">
      <div class="screen">
        <Screen {...content} />
      </div>
      <figcaption class="soft">
        How it looks {CHANNEL_WORDS[content.channel]}. The site's own style decides fonts and
        colours.
      </figcaption>
    </figure>
  );
};
