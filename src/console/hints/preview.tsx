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

/** Where the console is itself: only what comes from there may be shown here (its CSP has `img-src 'self'`). */
type Origin = string;

/** The host of an address elsewhere; null for one of the site's own, and for what is no address yet. */
function elsewhere(image: string, origin: Origin): string | null {
  if (!URL.canParse(image, origin)) return null;
  const url = new URL(image, origin);
  return url.origin === origin ? null : url.host;
}

const Picture = ({ image, origin }: { image: string; origin: Origin }) => {
  const at = image.trim();
  if (at === "") return null;
  const host = elsewhere(at, origin);
  if (host !== null)
    return (
      <p class="picture">
        Picture from {host || "elsewhere"}. This page loads nothing from other hosts, so it isn't
        shown here.
      </p>
    );
  if (!/^(?:\/|https:)/i.test(at)) return <p class="picture">Picture</p>;
  return (
    <div class="picture">
      <img src={at} alt="The picture; none is there if you read this" />
    </div>
  );
};

interface Shown extends Content {
  origin: Origin;
}

const Card = ({ label, title, text, image, origin }: Shown) => (
  <>
    <div class="line wide" />
    <div class="line" />
    <div class="shown">
      <Picture image={image} origin={origin} />
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

const Mail = ({ label, title, text, image, origin }: Shown) => (
  <>
    <p class="from">From your site · to one permitted address</p>
    <strong>{filled(title) || "Subject"}</strong>
    <Picture image={image} origin={origin} />
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

export const Preview = ({ content, origin }: { content: Content; origin: Origin }) => {
  const Screen = SCREENS[content.channel];
  return (
    <figure class="phone">
      <div class="screen">
        <Screen {...content} origin={origin} />
      </div>
      <figcaption class="soft">
        How it looks {CHANNEL_WORDS[content.channel]}. The site's own style decides fonts and
        colours.
      </figcaption>
    </figure>
  );
};
