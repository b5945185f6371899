import { HASH_SIZE } from './tree.ts';

/** A receipt: where an entry stands in a log, provable without asking anybody (C2SP tlog-proof v1). */
export interface LogProof {
	readonly index: number;
	/** From the leaf's sibling up. */
	readonly hashes: readonly Buffer[];
	/** The signed note of the checkpoint, as the log gave it out. */
	readonly checkpoint: string;
}

const HEAD = 'c2sp.org/tlog-proof@v1';
/** A tree of safe integers is not deeper. */
const MAX_HASHES = 63;

/** A text that is not a tlog-proof. */
export class BadProof extends Error {
	override readonly name = 'BadProof';
}

/** The text of a proof, for a file whose name ends in `.tlog-proof`. */
export function formatProof(proof: LogProof): string {
	const hashes = proof.hashes.map((hash) => `${hash.toString('base64')}\n`).join('');
	return `${HEAD}\nindex ${proof.index}\n${hashes}\n${proof.checkpoint}`;
}

/** Reads the text of a proof. Nothing in it is believed yet: `verifyEntry` does that. Throws BadProof when it is none. */
export function parseProof(text: string): LogProof {
	const end = text.indexOf('\n\n');
	if (end < 0) throw new BadProof('This is not a proof of a transparency log.');
	const lines = text.slice(0, end).split('\n');
	if (lines.shift() !== HEAD) throw new BadProof(`A proof begins with ${HEAD}.`);
	// Opaque and not authenticated, so passed over.
	if (lines[0]?.startsWith('extra ')) lines.shift();
	const index = /^index (0|[1-9]\d*)$/.exec(lines.shift() ?? '')?.[1];
	if (index === undefined || !Number.isSafeInteger(Number(index))) {
		throw new BadProof('This proof does not say which entry it is for.');
	}
	if (lines.length > MAX_HASHES) throw new BadProof('This proof is too long.');
	return { index: Number(index), hashes: lines.map(parseHash), checkpoint: text.slice(end + 2) };
}

function parseHash(line: string): Buffer {
	const hash = Buffer.from(line, 'base64');
	if (hash.length !== HASH_SIZE || hash.toString('base64') !== line) {
		throw new BadProof('A line of this proof is not a hash.');
	}
	return hash;
}
