import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { askFacts, greetCatalogue } from './client.ts';
import { faultOfSettings, type Sip2Settings } from './settings.ts';
import type { Step } from './trace.ts';

/**
 * `node ask.ts settings.json [card] < PIN`: asks a catalogue and shows each step, without a word of what it said about the patron but the facts that a
 * library decides by. Without a card it only logs in. The PIN is read from standard input, so that it stands in no list of processes.
 * Exit code 0 for a yes, 1 for a no, 2 when the catalogue could not be asked.
 */
async function main([file, card]: readonly string[]): Promise<number> {
	if (!file) {
		console.error(
			'Give a file with the settings, and a card number if one is to be asked about; the PIN comes from standard input.',
		);
		return 2;
	}
	const settings = JSON.parse(await readFile(file, 'utf8')) as Sip2Settings;
	const fault = faultOfSettings(settings);
	if (fault) {
		console.error(`These settings cannot be used: ${fault.setting} (${fault.why}).`);
		return 2;
	}
	const parts = { trace: (step: Step) => console.log(JSON.stringify(step)) };
	if (card === undefined) {
		const { outcome } = await greetCatalogue(settings, parts);
		console.log(outcome);
		return outcome === 'there' ? 0 : 2;
	}
	const pin = (await text(process.stdin)).replace(/\r?\n$/, '');
	const when = { now: Date.now(), zone: Intl.DateTimeFormat().resolvedOptions().timeZone };
	const answer = await askFacts(settings, { card, pin }, when, parts);
	if (answer.outcome !== 'ok') {
		console.log(answer.outcome);
		return answer.outcome === 'bad_credentials' ? 1 : 2;
	}
	const { card: named, stableId, ...facts } = answer.facts;
	console.log(JSON.stringify({ sameCard: named === card, hasStableId: stableId !== null, ...facts }));
	console.log('ok');
	return 0;
}

process.exitCode = await main(process.argv.slice(2));
