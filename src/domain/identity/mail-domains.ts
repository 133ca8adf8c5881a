/**
 * Mail domains that say nothing about where somebody works. Facts: the large providers' own domains, national portals
 * and access providers, and the services that give throw-away addresses.
 */

const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

const FREE = words(`
  gmail.com googlemail.com google.com.br outlook.com outlook.de outlook.fr outlook.es outlook.it outlook.jp outlook.co.id
  outlook.com.br hotmail.com hotmail.co.uk hotmail.fr hotmail.de hotmail.it hotmail.es hotmail.nl hotmail.be hotmail.se
  hotmail.com.br hotmail.com.ar live.com live.co.uk live.fr live.de live.nl live.it live.be live.se live.dk live.no
  live.com.au live.com.mx live.ca msn.com passport.com windowslive.com yahoo.com yahoo.co.uk yahoo.fr yahoo.de yahoo.it
  yahoo.es yahoo.ca yahoo.in yahoo.co.in yahoo.co.id yahoo.co.jp yahoo.com.au yahoo.com.br yahoo.com.ar yahoo.com.mx
  yahoo.com.sg yahoo.com.ph yahoo.com.hk yahoo.com.tw yahoo.com.vn yahoo.gr yahoo.se yahoo.no yahoo.dk yahoo.pl
  ymail.com rocketmail.com myyahoo.com aol.com aol.co.uk aol.de aim.com icloud.com me.com mac.com privaterelay.appleid.com
  proton.me protonmail.com protonmail.ch pm.me tutanota.com tutanota.de tutamail.com tuta.io tuta.com keemail.me
  mail.com email.com usa.com post.com consultant.com europe.com gmx.com gmx.net gmx.de gmx.at gmx.ch gmx.co.uk gmx.us
  gmx.fr web.de t-online.de freenet.de arcor.de online.de 1und1.de mail.de posteo.de posteo.net mailbox.org kabelmail.de
  vodafone.de unitybox.de bluewin.ch hispeed.ch sunrise.ch aon.at chello.at a1.net orange.fr wanadoo.fr free.fr sfr.fr
  neuf.fr laposte.net bbox.fr numericable.fr libero.it virgilio.it alice.it tin.it tiscali.it fastwebnet.it email.it
  inwind.it telefonica.net terra.es ya.com ono.com sapo.pt iol.pt ziggo.nl kpnmail.nl planet.nl home.nl xs4all.nl
  hetnet.nl telenet.be skynet.be proximus.be scarlet.be btinternet.com btopenworld.com sky.com virginmedia.com
  blueyonder.co.uk ntlworld.com talktalk.net tiscali.co.uk o2.co.uk eircom.net telia.com bredband.net spray.se online.no
  mail.dk tdcadsl.dk jubii.dk luukku.com kolumbus.fi wp.pl o2.pl onet.pl onet.eu op.pl interia.pl interia.eu gazeta.pl
  tlen.pl seznam.cz email.cz centrum.cz post.cz azet.sk centrum.sk freemail.hu citromail.hu abv.bg mail.bg yandex.ru
  yandex.com ya.ru mail.ru bk.ru list.ru inbox.ru internet.ru rambler.ru ukr.net i.ua meta.ua bigmir.net inbox.lv
  mail.ee qq.com foxmail.com 163.com 126.com yeah.net sina.com sina.cn sohu.com aliyun.com 139.com 189.cn tom.com
  naver.com daum.net hanmail.net nate.com docomo.ne.jp ezweb.ne.jp softbank.ne.jp i.softbank.jp nifty.com rediffmail.com
  indiatimes.com sify.com bol.com.br uol.com.br terra.com.br ig.com.br globo.com r7.com prodigy.net.mx fibertel.com.ar
  comcast.net verizon.net att.net sbcglobal.net bellsouth.net cox.net charter.net earthlink.net juno.com netzero.net
  optonline.net frontier.com windstream.net roadrunner.com rr.com rogers.com shaw.ca sympatico.ca bell.net telus.net
  videotron.ca bigpond.com bigpond.net.au optusnet.com.au iinet.net.au xtra.co.nz slingshot.co.nz mweb.co.za vodamail.co.za
  fastmail.com fastmail.fm hushmail.com zoho.com zohomail.eu hey.com duck.com mozmail.com runbox.com startmail.com
  disroot.org riseup.net inbox.com lycos.com excite.com walla.co.il walla.com 012.net.il bezeqint.net
`);

const DISPOSABLE = words(`
  mailinator.com mailinator.net mailinator2.com guerrillamail.com guerrillamail.net guerrillamail.org guerrillamail.biz
  guerrillamail.de guerrillamailblock.com sharklasers.com grr.la pokemail.net spam4.me 10minutemail.com 10minutemail.net
  10minutemail.co.uk 20minutemail.com 30minutemail.com minutemail.com tempmail.com temp-mail.org temp-mail.io tempmail.net
  tempmail.eu tempmailo.com tempmail.plus tempr.email tempinbox.com tempail.com temporary-mail.net temporarymail.com
  throwawaymail.com throwam.com trashmail.com trashmail.de trashmail.net trashmail.me trashmail.ws trash-mail.com
  trash-mail.de trashymail.com yopmail.com yopmail.net yopmail.fr cool.fr.nf jetable.org jetable.com jetable.net
  nospammail.net dispostable.com discard.email discardmail.com discardmail.de disposablemail.com disposableaddress.com
  getnada.com nada.email nada.ltd inboxkitten.com maildrop.cc mailnesia.com mailcatch.com mailnull.com mailexpire.com
  mailforspam.com mailmoat.com mailsac.com mailtemp.info mail-temporaire.fr mail-temp.com moakt.com moakt.cc mohmal.com
  mytemp.email mytrashmail.com mt2015.com spambog.com spambog.de spambox.us spamex.com spamgourmet.com spamfree24.org
  spamhole.com spamspot.com spamavert.com fakeinbox.com fakemail.net fakemailgenerator.com emailondeck.com
  emailfake.com emailtemporario.com.br email-fake.com generator.email getairmail.com incognitomail.org
  instantemailaddress.com dropmail.me burnermail.io luxusmail.org anonbox.net anonymbox.com byom.de einrot.com
  wegwerfmail.de wegwerfmail.net wegwerfemail.de wegwerf-email.net kurzepost.de objectmail.com sofort-mail.de
  mintemail.com owlymail.com 33mail.com crazymailing.com harakirimail.com hidemail.de meltmail.com nowmymail.com
  tmail.ws tmailor.com tmpmail.org tmpmail.net linshiyouxiang.net 1secmail.com 1secmail.net 1secmail.org esiix.com
`);

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

export const isFreeMail = (domain: string): boolean => FREE.has(domain);

/** Sub-domains are handed out by these services, too. */
export function isDisposable(domain: string): boolean {
  const labels = domain.split(".");
  return labels.some((_, from) => DISPOSABLE.has(labels.slice(from).join(".")));
}

export const isRole = (local: string): boolean => ROLES.has(local);
