import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BadInput } from '@understory/core/errors.ts';
import { auditLog } from '@understory/transparency-log/audit.ts';
import { readCosignatures } from '@understory/transparency-log/cosignature.ts';
import { BadNote, parseVkey } from '@understory/transparency-log/note.ts';
import { verifyEntry } from '@understory/transparency-log/verify.ts';
import type { Command } from 'commander';
import { download } from '../download.ts';
import { EXIT } from '../exit-code.ts';
import type { Session } from '../parts.ts';

/** `understory verify …`: needs no login, and believes nobody but the key it is given. */
export function verifyCommands(program: Command, session: Session): void {
	const verify = program.command('verify').description('check a moderation log, or one entry of it');
	verify
		.command('entry')
		.argument('<entry>', 'the file of the entry, <id>.json')
		.argument('<proof>', 'the file of its receipt, <id>.tlog-proof')
		.requiredOption('--key <vkey>', 'the key of the log, as it was published')
		.description('check that one entry is in the log')
		.action(async (entry: string, proof: string, { key }: { key: string }) => {
			const verdict = verifyEntry({
				entry: await bytesOf(entry),
				proof: (await bytesOf(proof)).toString('utf8'),
				vkey: key,
			});
			if (!verdict.ok) return disproved(session, verdict.reason);
			const { origin, index, size, root } = verdict;
			session.showOne(verdict, { proven: 'yes', log: origin, entry: index, size, root });
		});
	verify
		.command('log')
		.argument('<place>', 'a folder with a downloaded year, or its address')
		.requiredOption('--key <vkey>', 'the key of the log, as it was published')
		.option('--witness <vkey...>', 'keys of witnesses, to count who else signed', [])
		.description('derive a whole log anew from its entries')
		.action(async (place: string, { key, witness }: { key: string; witness: string[] }) => {
			const read = readerOf(place);
			const known = keysOf(witness);
			const audit = await auditLog({ vkey: key, read });
			if (!audit.ok) return disproved(session, audit.reason);
			const note = (await read('checkpoint'))!;
			const seen = readCosignatures(note, known);
			const { origin, size, root } = audit;
			const signed = seen.map(({ witness: { name }, time }) => ({ name, time }));
			session.showOne(
				{ ...audit, witnesses: signed },
				{
					sound: 'yes',
					log: origin,
					size,
					root,
					witnesses: known.length === 0 ? 'none was asked about' : `${seen.length} of ${known.length} signed`,
				},
			);
		});
}

function disproved(session: Session, reason: string): void {
	session.say(`NOT PROVEN. ${reason}\n`);
	session.end(EXIT.refused);
}

function keysOf(vkeys: readonly string[]) {
	try {
		return vkeys.map((vkey) => parseVkey(vkey, 'cosignature'));
	} catch (error) {
		if (error instanceof BadNote) throw new BadInput(error.message);
		throw error;
	}
}

function readerOf(place: string): (path: string) => Promise<Buffer | null> {
	const base = URL.parse(place.endsWith('/') ? place : `${place}/`);
	if (base && /^https?:$/.test(base.protocol)) return (path) => download(new URL(path, base));
	return (path) =>
		readFile(join(place, path)).catch((error: NodeJS.ErrnoException) => {
			if (error.code === 'ENOENT') return null;
			throw new BadInput(`${join(place, path)} cannot be read (${error.code}).`);
		});
}

function bytesOf(file: string): Promise<Buffer> {
	return readFile(file).catch((error: NodeJS.ErrnoException) => {
		throw new BadInput(`${file} cannot be read (${error.code}).`);
	});
}
