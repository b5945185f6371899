/** What a town writes down about itself when it is up, for scripts: `town.json` (DESIGN section 8). */
export interface TownFile {
	readonly ready: boolean;
	readonly console: string;
	readonly api: string;
	readonly adminToken: string;
	readonly libraries: readonly TownLibrary[];
}

export interface TownLibrary {
	readonly slug: string;
	readonly name: string;
	/** The card sign-in, which is the OpenID issuer. */
	readonly signIn: string;
	readonly accountability: string;
	readonly demoCards: readonly DemoCard[];
	readonly branches: readonly {
		readonly slug: string;
		readonly name: string;
		readonly url: string;
		readonly stage: string;
	}[];
}

export interface DemoCard {
	readonly card: string;
	readonly pin: string;
	/** good, expired, blocked, lost. */
	readonly state: string;
	/** patron or host. */
	readonly role: string;
	/** Slug of the branch a host answers for. */
	readonly branch: string | null;
}
