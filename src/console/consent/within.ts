/**
 * Parts of countries and large cities by the names people type, under the region whose rule holds there: the gate tells
 * apart the states of the USA and the provinces of Canada, elsewhere whole countries. Europe's first: its parts have names
 * that people know better than codes.
 */
import type { Region } from "../../domain/consent/region.ts";

const NAMES: Readonly<Record<Region, string>> = {
  DE: "Baden-Württemberg,Bavaria,Bayern,Berlin,Brandenburg,Bremen,Hamburg,Hesse,Hessen,Mecklenburg-Vorpommern,Mecklenburg-Western Pomerania,Lower Saxony,Niedersachsen,North Rhine-Westphalia,Nordrhein-Westfalen,NRW,Rhineland-Palatinate,Rheinland-Pfalz,Saarland,Saxony,Sachsen,Saxony-Anhalt,Sachsen-Anhalt,Schleswig-Holstein,Thuringia,Thüringen,Munich,München,Cologne,Köln,Frankfurt,Frankfurt am Main,Stuttgart,Düsseldorf,Leipzig,Dortmund,Essen,Dresden,Hanover,Hannover,Nuremberg,Nürnberg,Duisburg,Bochum,Wuppertal,Bielefeld,Bonn,Münster,Mannheim,Karlsruhe,Augsburg,Wiesbaden,Gelsenkirchen,Mönchengladbach,Braunschweig,Chemnitz,Kiel,Aachen,Halle,Magdeburg,Freiburg,Krefeld,Lübeck,Mainz,Erfurt,Rostock,Kassel,Saarbrücken,Potsdam,Schwerin,Heidelberg,Regensburg,Würzburg,Ulm",
  AT: "Burgenland,Carinthia,Kärnten,Lower Austria,Niederösterreich,Upper Austria,Oberösterreich,Salzburg,Styria,Steiermark,Tyrol,Tirol,Vorarlberg,Vienna,Wien,Graz,Linz,Innsbruck,Klagenfurt,Bregenz",
  CH: "Zurich,Zürich,Bern,Berne,Lucerne,Luzern,Uri,Schwyz,Obwalden,Nidwalden,Glarus,Zug,Fribourg,Freiburg im Üechtland,Solothurn,Basel,Basel-Stadt,Basel-Landschaft,Schaffhausen,Appenzell,Appenzell Ausserrhoden,Appenzell Innerrhoden,St. Gallen,St Gallen,Sankt Gallen,Graubünden,Grisons,Aargau,Thurgau,Ticino,Tessin,Vaud,Waadt,Valais,Wallis,Neuchâtel,Neuenburg,Geneva,Genève,Genf,Jura,Lausanne,Winterthur,Lugano,Biel,Chur",
  GB: "UK,Great Britain,Britain,England,Scotland,Wales,Northern Ireland,London,Greater London,Birmingham,Manchester,Liverpool,Leeds,Sheffield,Bristol,Newcastle,Newcastle upon Tyne,Nottingham,Leicester,Southampton,Portsmouth,Brighton,Cambridge,Oxford,York,Edinburgh,Glasgow,Aberdeen,Dundee,Cardiff,Swansea,Belfast,Derry",
  FR: "Auvergne-Rhône-Alpes,Bourgogne-Franche-Comté,Burgundy,Brittany,Bretagne,Centre-Val de Loire,Corsica,Corse,Grand Est,Alsace,Lorraine,Hauts-de-France,Île-de-France,Normandy,Normandie,Nouvelle-Aquitaine,Occitanie,Pays de la Loire,Provence,Provence-Alpes-Côte d'Azur,Paris,Marseille,Lyon,Toulouse,Nice,Nantes,Montpellier,Strasbourg,Bordeaux,Lille,Rennes,Reims,Grenoble,Dijon",
  IT: "Abruzzo,Aosta Valley,Valle d'Aosta,Apulia,Puglia,Basilicata,Calabria,Campania,Emilia-Romagna,Friuli Venezia Giulia,Lazio,Liguria,Lombardy,Lombardia,Marche,Molise,Piedmont,Piemonte,Sardinia,Sardegna,Sicily,Sicilia,Trentino,South Tyrol,Südtirol,Alto Adige,Trentino-Alto Adige,Tuscany,Toscana,Umbria,Veneto,Rome,Roma,Milan,Milano,Naples,Napoli,Turin,Torino,Palermo,Genoa,Genova,Bologna,Florence,Firenze,Bari,Catania,Venice,Venezia,Verona,Trieste,Bolzano",
  ES: "Andalusia,Andalucía,Aragon,Aragón,Asturias,Balearic Islands,Islas Baleares,Mallorca,Basque Country,País Vasco,Canary Islands,Canarias,Cantabria,Castile and León,Castilla y León,Castilla-La Mancha,Catalonia,Cataluña,Catalunya,Extremadura,Galicia,La Rioja,Madrid,Murcia,Navarre,Navarra,Valencia,Comunidad Valenciana,Ceuta,Melilla,Barcelona,Seville,Sevilla,Zaragoza,Málaga,Bilbao,Palma,Las Palmas,Tenerife,Granada,Alicante",
  NL: "Holland,Drenthe,Flevoland,Friesland,Gelderland,Groningen,Limburg,North Brabant,Noord-Brabant,North Holland,Noord-Holland,Overijssel,Utrecht,Zeeland,South Holland,Zuid-Holland,Amsterdam,Rotterdam,The Hague,Den Haag,Eindhoven,Tilburg,Maastricht",
  BE: "Brussels,Bruxelles,Brussel,Flanders,Vlaanderen,Wallonia,Wallonie,Antwerp,Antwerpen,Ghent,Gent,Bruges,Brugge,Liège,Leuven,Namur,Charleroi",
  PL: "Greater Poland,Lesser Poland,Lower Silesia,Masovia,Mazovia,Pomerania,Silesia,Warsaw,Warszawa,Kraków,Cracow,Łódź,Wrocław,Poznań,Gdańsk,Szczecin,Katowice,Lublin",
  DK: "Zealand,Jutland,Funen,Hovedstaden,Copenhagen,København,Aarhus,Odense,Aalborg",
  SE: "Skåne,Västra Götaland,Stockholm,Gothenburg,Göteborg,Malmö,Uppsala",
  NO: "Vestland,Rogaland,Trøndelag,Nordland,Oslo,Bergen,Trondheim,Stavanger,Tromsø",
  FI: "Uusimaa,Lapland,Helsinki,Espoo,Tampere,Turku,Oulu",
  AX: "Åland",
  IS: "Reykjavík",
  IE: "Leinster,Munster,Connacht,Dublin,Cork,Galway,Limerick",
  PT: "Azores,Açores,Madeira,Algarve,Alentejo,Lisbon,Lisboa,Porto,Braga,Coimbra",
  GR: "Attica,Crete,Macedonia and Thrace,Athens,Thessaloniki,Patras",
  CZ: "Bohemia,Moravia,Prague,Praha,Brno,Ostrava",
  SK: "Bratislava,Košice",
  HU: "Budapest,Debrecen,Szeged",
  RO: "Transylvania,Moldavia,Bucharest,București,Cluj-Napoca,Timișoara",
  BG: "Sofia,Plovdiv,Varna",
  HR: "Dalmatia,Istria,Zagreb,Split,Rijeka",
  SI: "Ljubljana,Maribor",
  LT: "Vilnius,Kaunas",
  LV: "Riga",
  EE: "Tallinn,Tartu",
  LI: "Vaduz",
  MT: "Valletta,Gozo",
  CY: "Nicosia,Limassol",
  "US-CA": "Los Angeles,San Francisco,San Diego,San Jose,Sacramento",
  "US-NY": "New York City,NYC,Buffalo",
  "US-IL": "Chicago",
  "US-TX": "Houston,Dallas,Austin,San Antonio",
  "US-WA": "Seattle",
  "US-MA": "Boston",
  "US-FL": "Miami,Orlando,Tampa",
  "US-CO": "Denver",
  "US-GA": "Atlanta",
  "US-PA": "Philadelphia,Pittsburgh",
  "US-AZ": "Phoenix",
  "US-NV": "Las Vegas",
  "US-MI": "Detroit",
  "US-DC": "Washington D.C.,District of Columbia",
  "CA-ON": "Toronto,Ottawa",
  "CA-QC": "Montreal,Montréal,Québec City,Quebec City",
  "CA-BC": "Vancouver",
  "CA-AB": "Calgary,Edmonton",
  "CA-NL": "Newfoundland and Labrador",
};

/** As it is compared: `Zürich`, `Zurich` and `ZÜRICH` are one, `Strasse` and `Straße`, too. */
export const folded = (name: string): string =>
  name
    .toLowerCase()
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .replaceAll("ß", "ss")
    .replaceAll("ø", "o")
    .replaceAll("ł", "l")
    .replaceAll("’", "'")
    .replaceAll(/\s+/g, " ")
    .trim();

let byName: ReadonlyMap<string, Region> | null = null;

/** The region whose rule holds in a part of a country or a city; null for a name that nobody wrote down here. */
export function regionAround(name: string): Region | null {
  byName ??= new Map(
    Object.entries(NAMES).flatMap(([region, names]) =>
      names.split(",").map((each): [string, Region] => [folded(each), region]),
    ),
  );
  return byName.get(folded(name)) ?? null;
}
