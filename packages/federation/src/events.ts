/** What an Event says besides what every post does. Moments are UTC milliseconds. */
export interface WireEvent {
	readonly title: string;
	readonly starts: number;
	readonly ends: number;
	/** IANA zone. */
	readonly zone: string;
	readonly place: string;
	readonly address: string;
	readonly online: string | null;
	readonly capacity: number | null;
	readonly coming: number;
	readonly cancelled: boolean;
	/** Who may say that they come: anybody, whoever is answered with yes, or nobody has to say so. */
	readonly joining: 'free' | 'asked' | 'open';
	/** In words, for software that shows no times (Mastodon shows title, summary and link). */
	readonly inWords: string;
	/** Where people say that they come; absolute. */
	readonly page: string;
}

/** When and where something is, and how one comes to it. Moments are UTC milliseconds. */
export interface IncomingEvent {
	readonly starts: number;
	readonly ends: number | null;
	readonly place: string | null;
	/**
	 * `free`: whoever says so comes. `asked`: the organizer answers. `invite`: only who is invited. `elsewhere`: they say so on a page. Null when it
	 * does not say: then an Accept of the event itself is what one comes with (ActivityStreams 2.0 Vocabulary, Accept; gathio, Friendica).
	 */
	readonly joining: 'free' | 'asked' | 'invite' | 'elsewhere' | null;
	/** That page; http or https. */
	readonly outside: string | null;
	readonly cancelled: boolean;
}
