import type { Terminator } from './form.ts';

const CARRIAGE_RETURN = 13;
const LINE_FEED = 10;

/**
 * Cuts a stream of bytes into messages: ends at CR, drops an LF right after it, never ends at a lone LF unless the catalogue was said to send
 * that (reference/library-sso.md 1.1). Holds no byte longer than it must: what was handed out or wiped is zero here.
 */
export class Framer {
	#held = Buffer.alloc(1024);
	#length = 0;
	/** How far no end was found. */
	#searched = 0;
	readonly #most: number;
	readonly #endsAtLineFeed: boolean;

	/** `most` is the greatest length of a message in bytes. */
	constructor(most = 65_536, terminator: Terminator = 'CR') {
		this.#most = most;
		this.#endsAtLineFeed = terminator === 'LF';
	}

	/** Adds bytes and returns the messages that are whole now, without their ends. Throws RangeError when one grows past the limit. */
	push(chunk: Uint8Array): Buffer[] {
		this.#add(chunk);
		const whole: Buffer[] = [];
		for (let start = this.#skipEnds(0); ; ) {
			const end = this.#endFrom(Math.max(start, this.#searched));
			if ((end < 0 ? this.#length : end) - start > this.#most)
				throw new RangeError('a SIP2 message is too long');
			if (end < 0) {
				this.#drop(start);
				return whole;
			}
			// A copy, so that whoever reads it can wipe it.
			const message = Buffer.alloc(end - start);
			this.#held.copy(message, 0, start, end);
			whole.push(message);
			start = this.#skipEnds(end + 1);
			this.#searched = start;
		}
	}

	/** Bytes that arrived and belong to no whole message yet. */
	get pending(): number {
		return this.#length;
	}

	/** Forgets what is pending, and leaves none of it in memory. */
	wipe(): void {
		this.#held.fill(0);
		this.#length = 0;
		this.#searched = 0;
	}

	#add(chunk: Uint8Array): void {
		const length = this.#length + chunk.length;
		if (length > this.#held.length) {
			const wider = Buffer.alloc(Math.max(length, this.#held.length * 2));
			this.#held.copy(wider, 0, 0, this.#length);
			this.#held.fill(0);
			this.#held = wider;
		}
		this.#held.set(chunk, this.#length);
		this.#length = length;
	}

	#isEnd(byte: number | undefined): boolean {
		return byte === CARRIAGE_RETURN || (this.#endsAtLineFeed && byte === LINE_FEED);
	}

	#endFrom(from: number): number {
		for (let at = from; at < this.#length; at++) if (this.#isEnd(this.#held[at])) return at;
		return -1;
	}

	/** Empty lines are nothing: the first place from `from` on that is neither CR nor LF. */
	#skipEnds(from: number): number {
		let at = from;
		while (at < this.#length && (this.#held[at] === LINE_FEED || this.#held[at] === CARRIAGE_RETURN)) at++;
		return at;
	}

	#drop(count: number): void {
		this.#held.copyWithin(0, count, this.#length);
		this.#held.fill(0, this.#length - count, this.#length);
		this.#length -= count;
		this.#searched = this.#length;
	}
}
