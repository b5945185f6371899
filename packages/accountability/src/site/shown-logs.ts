import { readCosignatures } from '@understory/transparency-log/cosignature.ts';
import type { Context } from '../context.ts';
import type { ShownLog, ShownWitness } from '../pages/verify-page.ts';
import type { Library } from '../registers.ts';
import { linkOf, logYears } from '../store/sequence.ts';
import { knownWitnesses } from '../witness/ask-witnesses.ts';
import { witnessName } from '../witness/own-witness.ts';

/** The witnesses of a library, and whether each signed the newest checkpoint: counted from the note itself. */
export async function shownWitnesses(context: Context, library: Library): Promise<ShownWitness[]> {
	const known = knownWitnesses(library.register.library.witnesses ?? []);
	if (known.length === 0) return [];
	const [newest] = await shownLogs(context, library);
	const verifiers = known.map(({ verifier }) => verifier);
	const seen = newest ? readCosignatures(newest.note, verifiers) : [];
	const ours = new Set(context.registers.all().map(witnessName));
	return known.map(({ record, verifier }) => {
		const line = seen.find(({ witness }) => witness === verifier);
		return {
			name: verifier.name,
			vkey: record.vkey,
			signed: line ? line.time * 1_000 : null,
			own: ours.has(verifier.name),
		};
	});
}

/** The logs of a library as pages show them, the newest first. No tile is looked at, so that a damaged one takes no page away. */
export async function shownLogs({ database, logs }: Context, library: Library): Promise<ShownLog[]> {
	const years = await logYears(database.db, library.id);
	const shown = await Promise.all(
		years.map(async (year) => {
			const note = (await logs.read(library, year, 'checkpoint'))?.toString('utf8');
			const linked = (await linkOf(database.db, library.id, year)) !== null;
			return note === undefined ? [] : [{ year, vkey: await logs.vkey(library, year), note, linked }];
		}),
	);
	return shown.flat();
}
