import type { Block } from './sign-in-settings.ts';

/** How a library's catalogue is reached; one kind for each maker's way of being asked. */
export type Connection =
	| Sip2Connection
	| ListConnection
	| KohaConnection
	| SierraConnection
	| PolarisConnection
	| SirsiDynixConnection
	| FolioConnection
	| AlmaConnection
	| EvergreenConnection
	| MillenniumConnection;

/** A catalogue that is asked over SIP2, the protocol of self-service machines. */
export interface Sip2Connection {
	readonly kind: 'sip2';
	readonly host: string;
	readonly port: number;
	/** Without it the connection is plain text. All PEM. */
	readonly tls?: {
		/** Authorities that vouch for the catalogue, instead of those that everybody trusts. */
		readonly ca?: string;
		/** The catalogue's own certificate, whoever signed it. */
		readonly pinned?: string;
		/** The name it must show; the host unless said otherwise. */
		readonly server_name?: string;
		/** Ours, for catalogues that want one. `key` is a secret. */
		readonly certificate?: string;
		readonly key?: string;
	};
	/** Must be said for plain text to any machine but this one: over a private line, or to a tunnel's other end. */
	readonly plain_text?: boolean;
	/** AO; empty where the catalogue does not look at it. */
	readonly institution?: string;
	/** AC; mostly empty. A secret. */
	readonly terminal_password?: string;
	/** `password` is a secret. */
	readonly login?: { readonly user: string; readonly password: string; readonly location?: string };
	/** `compliant` unless said otherwise. What follows up to `fields` wins over it. */
	readonly dialect?: 'compliant' | 'generic' | 'folio' | 'auto-graphics';
	readonly charset?: 'ascii' | 'latin1' | 'cp850' | 'utf-8';
	/** What ends a field: one sign. */
	readonly separator?: string;
	readonly terminator?: 'CR' | 'CRLF' | 'LF';
	readonly date_zone?: 'spaces' | 'zeros' | 'utc';
	/** When it is asked whether it is on line (99). */
	readonly asks_status?: 'after_login' | 'before_login' | 'never';
	/** False for the few catalogues that do not know 35. */
	readonly ends_session?: boolean;
	/** Where it keeps what. */
	readonly fields?: {
		readonly birth_date?: { readonly field: string; readonly order: Sip2DateOrder };
		/** A date in a field, a field that is Y once the card has ended, or a pattern that is found in a message on the screen. */
		readonly expiry?: readonly (
			| { readonly field: string; readonly order?: Sip2DateOrder }
			| { readonly flag: string }
			| { readonly text: string }
		)[];
		readonly patron_type?: string;
		readonly location?: string;
		/** The catalogue's own id of a patron, which outlives a card. */
		readonly stable_id?: string;
	};
	/** `send` unless said otherwise. */
	readonly error_detection?: 'off' | 'send' | 'require';
	/** Where people may give another name than their card number: the pattern that the number in the answer must be of. */
	readonly aliases?: { readonly cards: string };
	/** `any` where the catalogue answers A123 to a123. */
	readonly card_case?: 'exact' | 'any';
	/** Read age, expiry and stable id too. True unless said otherwise; false asks for a yes or no (23), whose answer holds nothing else. */
	readonly reads_patron?: boolean;
}

export type Sip2DateOrder = 'YMD' | 'MDY' | 'DMY';

/** A library without a catalogue that could be asked: its staff upload the cards, which are kept as keyed hashes. */
export interface ListConnection {
	readonly kind: 'list';
	/** With which staff put the list in place (`PUT /list` on the card host). A secret of at least 20 characters. */
	readonly upload_key: string;
}

/** What every catalogue that is asked over HTTP has. */
export interface HttpConnection {
	/** Where its interface begins, without a slash at the end; https unless `plain_http` says otherwise. */
	readonly url: string;
	/** No encryption. Nothing is asked like this outside the networks that the platform allowed (`catalogue-network.ts`). */
	readonly plain_http?: boolean;
	/** Certificates (PEM) of the authority that vouches for this host, instead of those that everybody trusts. */
	readonly ca?: string;
}

/** Koha's REST interface. One of `login` and `client`. */
export interface KohaConnection extends HttpConnection {
	readonly kind: 'koha-rest';
	/** A staff account with the permission `borrowers`; `password` is a secret. */
	readonly login?: { readonly user: string; readonly password: string };
	/** An API client of that account (OAuth 2 client credentials); `secret` is a secret. */
	readonly client?: { readonly id: string; readonly secret: string };
	/** Read age, expiry, home library and category too. True unless said otherwise. */
	readonly reads_patron?: boolean;
}

/** Sierra's REST interface, version 6. */
export interface SierraConnection extends HttpConnection {
	readonly kind: 'sierra-rest';
	/** Client key and secret; `secret` is a secret. */
	readonly client: { readonly key: string; readonly secret: string };
	/** `auth` tells who it is; `validate` only whether it fits, and compares eight characters of a PIN. `auth` unless said otherwise. */
	readonly question?: 'auth' | 'validate';
	/** Read age, expiry, home library and type too: wants the role Patrons Read. True unless said otherwise. */
	readonly reads_patron?: boolean;
	/** What the codes of MBLOCK mean here; a code that is not named is `other`. */
	readonly blocks?: Readonly<Record<string, Block>>;
}

/** The Polaris API (PAPI). */
export interface PolarisConnection extends HttpConnection {
	readonly kind: 'polaris-papi';
	readonly access_id: string;
	/** A secret. */
	readonly access_key: string;
	/** 1033 is English. */
	readonly language?: number;
	readonly application?: number;
	/** 1 is the whole system. */
	readonly organization?: number;
	/** Read age, expiry, branch, kind of patron and former card number too. True unless said otherwise. The maker's way puts the card number into the address. */
	readonly reads_patron?: boolean;
}

/** SirsiDynix Web Services, for Symphony and Horizon. */
export interface SirsiDynixConnection extends HttpConnection {
	readonly kind: 'sirsidynix-ws';
	/** A secret. */
	readonly client_id: string;
	readonly app_id?: string;
	/** SD-Working-LibraryID, where the services want one. */
	readonly library?: string;
	/** Which of the two answers; `symphony` unless said otherwise. */
	readonly system?: 'symphony' | 'horizon';
	readonly reads_patron?: boolean;
}

/** FOLIO. Its way puts the card number into the address. */
export interface FolioConnection extends HttpConnection {
	readonly kind: 'folio';
	readonly tenant: string;
	/** A service account; `password` is a secret. */
	readonly login: { readonly user: string; readonly password: string };
	/** What a patron gives: the PIN of the circulation desk, or the password of a FOLIO user. `pin` unless said otherwise. */
	readonly secret?: 'pin' | 'password';
	/** The field in which a card number stands. */
	readonly card_field?: 'barcode' | 'externalSystemId' | 'username';
}

/** Alma, for users whose password Ex Libris keeps. Its way puts the card number into the address. */
export interface AlmaConnection extends HttpConnection {
	readonly kind: 'alma';
	/** A secret. */
	readonly api_key: string;
	readonly reads_patron?: boolean;
	/** What the codes of user blocks mean here; a code that is not named is `other`. */
	readonly blocks?: Readonly<Record<string, Block>>;
}

/** Evergreen's RemoteAuth with HTTP Basic: a yes or no, by the rules that the library gave Evergreen. */
export interface EvergreenConnection extends HttpConnection {
	readonly kind: 'evergreen-remoteauth';
}

/** The Patron API of Millennium and older Sierra. Old and unsafe; where there is another way, take it. */
export interface MillenniumConnection extends HttpConnection {
	readonly kind: 'millennium-patronapi';
	/** Said on purpose: this interface gives a whole patron record, PIN included, to whoever knows a card number. */
	readonly legacy: true;
	/** Read that record (`dump`) for age, expiry, home library and type. False unless said otherwise. The maker's way puts the card number into the address. */
	readonly reads_patron?: boolean;
	readonly blocks?: Readonly<Record<string, Block>>;
}
