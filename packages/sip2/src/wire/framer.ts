const CARRIAGE_RETURN = 13;
const LINE_FEED = 10;

/** Cuts a stream of bytes into messages: ends at CR, drops an LF right after it, never ends at a lone LF (reference/library-sso.md 1.1). */
export class Framer {
	#rest: Buffer<ArrayBufferLike> = Buffer.alloc(0);
	readonly #most: number;

	/** `most` is the greatest length of a message in bytes. */
	constructor(most = 65_536) {
		this.#most = most;
	}

	/** Adds bytes and returns the messages that are whole now, without their ends. Throws RangeError when one grows past the limit. */
	push(chunk: Uint8Array): Buffer[] {
		let rest: Buffer<ArrayBufferLike> = Buffer.concat([this.#rest, chunk]);
		const whole: Buffer[] = [];
		for (let end = rest.indexOf(CARRIAGE_RETURN); end >= 0; end = rest.indexOf(CARRIAGE_RETURN)) {
			const message = withoutLeadingEnds(rest.subarray(0, end));
			if (message.length > this.#most) throw new RangeError('a SIP2 message is too long');
			if (message.length > 0) whole.push(message);
			rest = rest.subarray(end + 1);
		}
		rest = withoutLeadingEnds(rest);
		if (rest.length > this.#most) throw new RangeError('a SIP2 message is too long');
		this.#rest = rest;
		return whole;
	}

	/** Bytes that arrived and belong to no whole message yet. */
	get pending(): number {
		return this.#rest.length;
	}
}

function withoutLeadingEnds(bytes: Buffer<ArrayBufferLike>): Buffer<ArrayBufferLike> {
	let start = 0;
	while (bytes[start] === LINE_FEED || bytes[start] === CARRIAGE_RETURN) start++;
	return bytes.subarray(start);
}
