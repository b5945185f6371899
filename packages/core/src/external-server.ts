/**
 * What a server that is no branch of ours says of itself by its public API: its own word, and nothing else (issue 7). Texts are plain, whatever they
 * came as. A change of anything here is a new version; what changes by itself (numbers of posts, versions of software) is not in it.
 */
export interface ExternalDocument {
	readonly type: 'understory/external-server/v1';
	/** Host name, with its port where it has one. */
	readonly host: string;
	/** As its NodeInfo has it, `mastodon`; null where it says none. */
	readonly software: string | null;
	readonly title: string;
	readonly description: string;
	readonly languages: readonly string[];
	readonly rules: readonly ExternalRule[];
	/** The longer text about itself; null where it has none. */
	readonly about: string | null;
	readonly contact: {
		readonly email: string | null;
		/** `@ana@social.example`. */
		readonly account: string | null;
	};
	/** What its `security.txt` says; null where it has none. */
	readonly security: { readonly contacts: readonly string[]; readonly policy: string | null } | null;
}

export interface ExternalRule {
	readonly id: string;
	readonly text: string;
	readonly hint: string | null;
}

/** One version of what a server said, by the day it was first read so. */
export interface ExternalVersion {
	readonly version: number;
	/** YYYY-MM-DD in the library's zone. */
	readonly read_on: string;
	/** `sha256:<hex>` of the document's canonical JSON. */
	readonly sha256: string;
	readonly document: ExternalDocument;
}

/** A server that a library runs besides its branches, as the register carries it. */
export interface ExternalRecord {
	readonly id: string;
	readonly host: string;
	readonly origin: string;
	/** What the library calls it. */
	readonly name: string;
	/** YYYY-MM-DD, the last day on which it could be read. */
	readonly read_on: string;
	/** YYYY-MM-DD since when it cannot be read; missing while it can, and for the first days of silence. */
	readonly unread_since?: string;
	/** The newest versions, the newest first; at least one. */
	readonly versions: readonly ExternalVersion[];
}

/** How long a server may be silent before that is said, in milliseconds. */
export const SILENT_FOR = 3 * 24 * 60 * 60_000;
