/** A picture, sound or video of a post. */
export interface WireMedia {
	readonly url: string;
	/** Media type. */
	readonly type: string;
	/** In words, for whoever does not see or hear it. */
	readonly description: string | null;
	readonly width: number | null;
	readonly height: number | null;
}
