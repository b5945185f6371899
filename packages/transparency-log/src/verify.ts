import { openCheckpoint } from './checkpoint.ts';
import { BadNote } from './note.ts';
import { BadProof, parseProof } from './proof.ts';
import { leafHash, verifyInclusion } from './tree.ts';

/** What a proof shows of an entry, or why it shows nothing. */
export type Verdict =
	| {
			readonly ok: true;
			readonly origin: string;
			readonly index: number;
			readonly size: number;
			/** base64, as in the checkpoint. */
			readonly root: string;
	  }
	| { readonly ok: false; readonly reason: string };

/**
 * What a patron, a reporter or a council runs, with nothing but three things in hand: the exact bytes of an entry, its
 * `.tlog-proof`, and the log's vkey. Yes means: the holder of that key said that its log has this very entry. Never throws for
 * bad input; the reason is a sentence.
 */
export function verifyEntry(given: {
	readonly entry: Uint8Array | string;
	readonly proof: string;
	readonly vkey: string;
}): Verdict {
	try {
		const proof = parseProof(given.proof);
		const { origin, size, root } = openCheckpoint(proof.checkpoint, given.vkey);
		const leaf = leafHash(typeof given.entry === 'string' ? Buffer.from(given.entry, 'utf8') : given.entry);
		const { index, hashes } = proof;
		if (!verifyInclusion({ index, size, leaf, proof: hashes, root })) {
			return {
				ok: false,
				reason: 'The proof does not lead from this entry to the root that the log signed.',
			};
		}
		return { ok: true, origin, index, size, root: root.toString('base64') };
	} catch (error) {
		if (error instanceof BadNote || error instanceof BadProof) return { ok: false, reason: error.message };
		throw error;
	}
}
