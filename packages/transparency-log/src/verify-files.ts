import { readFile } from 'node:fs/promises';
import { verifyEntry } from './verify.ts';

/**
 * `node verify-files.ts <entry file> <proof file> <vkey>`: says whether the entry is in the log, in one sentence.
 * Exit code 0 when it is, 1 when it is not, 2 when a file or the key is missing.
 */
async function main([entryFile, proofFile, vkey]: readonly string[]): Promise<number> {
	if (!entryFile || !proofFile || !vkey) {
		console.error('Give three things: the file of the entry, the file of its proof, and the key of the log.');
		return 2;
	}
	const verdict = verifyEntry({
		entry: await readFile(entryFile),
		proof: await readFile(proofFile, 'utf8'),
		vkey,
	});
	if (!verdict.ok) {
		console.error(`NOT PROVEN. ${verdict.reason}`);
		return 1;
	}
	console.log(`PROVEN. Entry ${verdict.index} of ${verdict.size} in ${verdict.origin}, root ${verdict.root}`);
	return 0;
}

process.exitCode = await main(process.argv.slice(2));
