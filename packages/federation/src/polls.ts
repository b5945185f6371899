/** What a Question asks, and how it stands (ActivityStreams 2.0 Vocabulary, Question; `votersCount` is Mastodon's). */
export interface WirePoll {
	readonly choices: readonly { readonly name: string; readonly votes: number }[];
	/** May people choose more than one? */
	readonly many: boolean;
	/** UTC milliseconds. */
	readonly ends: number | null;
	readonly over: boolean;
	/** How many people chose something. */
	readonly voters: number | null;
}
