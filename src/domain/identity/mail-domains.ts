/**
 * Mail domains that say nothing about where somebody works. The lists are others' (mail-lists.ts has all of them); here is
 * what everybody needs at once, what those lists lack, and what they have that isn't so.
 */
import common from "email-providers/common.json" with { type: "json" };

export interface MailDomains {
  /** Open to everybody. */
  free: ReadonlySet<string>;
  /** Thrown away after use. */
  disposable: ReadonlySet<string>;
}

const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

/** Providers' own domains, national portals and access providers that the lists lack. */
const MORE_FREE = words(`
  google.com.br hotmail.se live.se live.no passport.com yahoo.no yahoo.pl myyahoo.com aol.de tutanota.com tutanota.de
  tutamail.com tuta.io tuta.com keemail.me gmx.ch gmx.co.uk gmx.us 1und1.de mail.de posteo.de posteo.net vodafone.de
  unitybox.de hispeed.ch sunrise.ch aon.at chello.at a1.net bbox.fr numericable.fr fastwebnet.it telefonica.net ya.com
  ono.com iol.pt ziggo.nl xs4all.nl proximus.be scarlet.be telia.com bredband.net online.no mail.dk tdcadsl.dk
  jubii.dk kolumbus.fi onet.eu op.pl interia.eu tlen.pl azet.sk citromail.hu mail.bg internet.ru meta.ua bigmir.net
  sohu.com 139.com 189.cn nifty.com slingshot.co.nz mweb.co.za vodamail.co.za fastmail.com zohomail.eu duck.com
  mozmail.com startmail.com disroot.org riseup.net 012.net.il bezeqint.net
`);

/** What the lists lack, and what the common one of them takes for lasting. */
const MORE_DISPOSABLE = words(`
  mailinator.com guerrillamail.com 10minutemail.com temp-mail.org yopmail.com emailondeck.com hidemyass.com
  minutemail.com tempmail.com temp-mail.io tempmail.net temporarymail.com cool.fr.nf nospammail.net disposablemail.com
  mail-temp.com spamgourmet.com burnermail.io luxusmail.org owlymail.com 33mail.com
`);

/** In the lists, but people who write from there work there, or the name is kept for examples. */
const EMPLOYERS = words(`
  alibaba.com ancestry.com aver.com bt.com discovery.com dnsmadeeasy.com example.com example.net example.org facebook.com
  go.com mydomain.com name.com nus.edu.sg oath.com poste.it singpost.com swissinfo.org techspot.com telstra.com test.com
  test.de unican.es www.com yourdomain.com about.com medscape.com space.com law.com
`);

/** Without the long lists. */
export const COMMON_MAIL: MailDomains = {
  free: new Set([...common, ...MORE_FREE]),
  disposable: MORE_DISPOSABLE,
};

/** Mailboxes that belong to a task and not to a human. */
const ROLES = words(`
  abuse accounting accounts admin administrator ads advertising all anfrage angebote anmeldung billing board booking
  bookings bestellung buchhaltung buero bureau career careers club commercial compliance compras comptabilite contact
  contabilidad contacto contato customerservice datenschutz dataprotection design dev dpo editor einkauf empfang
  enquiries events facturas facturation feedback finance fragen geschaeftsstelle hallo hello help helpdesk hi
  hostmaster hr iletisim impressum info infos inquiries invoice invoices it jobs kasse kontakt kundenservice legal
  mail mailbox mailer-daemon management marketing media members membership mitglieder news newsletter nospam office
  operations orders partner partners personal post postmaster praxis presse press privacy procurement purchasing
  rechnung rechnungen reception recruiting redaktion register registration rh root rrhh sales secretariat secretary
  security sekretariat service services shop soporte spam staff store support team technik tech tickets training
  ufficio vente ventas vereins verkauf vertrieb verwaltung webmaster welcome
`);

export const isFreeMail = (domain: string, { free }: MailDomains): boolean =>
  free.has(domain) && !EMPLOYERS.has(domain);

/** Sub-domains are handed out by these services, too. What is somebody's mail for years isn't for ten minutes. */
export function isDisposable(domain: string, { disposable }: MailDomains): boolean {
  if (MORE_FREE.has(domain) || EMPLOYERS.has(domain)) return false;
  const labels = domain.split(".");
  return labels.some((_, from) => disposable.has(labels.slice(from).join(".")));
}

export const isRole = (local: string): boolean => ROLES.has(local);
