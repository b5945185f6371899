import type { Cloth } from './cloth.ts';

/** The frame round every page: what `layout/page.hbs` needs beside the view itself. Texts are already in the reader's language. */
export interface Page {
	readonly title: string;
	readonly cloth: Cloth;
	readonly plate: {
		/** Up to five capitals. */
		readonly code: string;
		readonly name: string;
		readonly href: string;
		/** The line under the name: "A branch of Multnomah County Library". */
		readonly under: string;
	};
	/** At the right of the plate: signing in, the person, signing out. The language switch is added by the layout. */
	readonly tools: readonly Tool[];
	/** At most six. */
	readonly signs: readonly Sign[];
	readonly footer: { readonly lead: string; readonly links: readonly { href: string; label: string }[] };
	/** Says at the foot that this is a sample and not the real library. */
	readonly sample: boolean;
	/** Search engines are asked to leave this page out. */
	readonly noindex?: boolean;
	/** What other sites show in the place of a link to this page (ogp.me). */
	readonly preview?: readonly { readonly property: string; readonly content: string }[];
	/** Other forms of this page (`<link rel=alternate>`): a feed, or how to show a link to it. */
	readonly feeds?: readonly { href: string; type: string; title: string }[];
	/** What this page shows in the words of schema.org, for search engines (JSON-LD); it is data, and no browser runs it. */
	readonly linked?: Readonly<Record<string, unknown>>;
	/** The address of the one script of a page that is nothing without it. The policy of the response has to name it too. */
	readonly script?: string;
	/** A class of the whole page, for surroundings of their own: `council` prints as one letter page (design README section 9). */
	readonly html_class?: 'council';
	/** Where the language switch leads: this page, without its query. Absent where a reload would lose a form. */
	readonly path?: string;
}

export interface Sign {
	readonly href: string;
	/** A name of `icons.svg`. */
	readonly icon: string;
	readonly label: string;
	/** Words such as "3 new". */
	readonly news?: string;
	readonly current?: boolean;
}

/** A link, or a small form when it changes something (signing out). */
export interface Tool {
	readonly label: string;
	readonly icon?: string;
	readonly href?: string;
	readonly post?: { readonly action: string; readonly csrf: string };
}
