/** A small picture that stands for a name between colons in what somebody wrote (`toot:Emoji`, as Mastodon sends them). */
export interface WireEmoji {
	/** Letters, digits, `_`, `+` and `-`; without the colons. */
	readonly name: string;
	/** Http or https, of any server. */
	readonly url: string;
}
