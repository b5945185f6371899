import { standaloneCheck } from '@understory/transparency-log/standalone.ts';
import type { Reading } from './reading.ts';
import type { ShownLog } from './verify-page.ts';

/** What is put behind the check to join it to the form of the page. Says nothing itself: every sentence stands in the page, hidden. */
const GLUE = `
const form = document.querySelector('form');
form.hidden = false;
form.addEventListener('submit', async (event) => {
	event.preventDefault();
	const said = document.querySelector('output');
	const { entry, proof, vkey, witnesses } = form.elements;
	const verdict = await checkProof({
		entry: new Uint8Array(await entry.files[0].arrayBuffer()),
		proof: await proof.files[0].text(),
		vkey: vkey.value,
		witnesses: witnesses.value.split('\\n').map((line) => line.trim()).filter(Boolean),
	}).catch(() => ({ ok: false, why: 'browser' }));
	const sentence = document.querySelector('[data-says="' + (verdict.ok ? 'ok' : verdict.why) + '"]').content.cloneNode(true);
	for (const place of sentence.querySelectorAll('[data-fact]')) place.textContent = verdict[place.dataset.fact];
	const seen = sentence.querySelector('[data-seen]');
	if (verdict.witnesses?.length) sentence.querySelector('[data-others]').hidden = false;
	for (const { name, time } of verdict.witnesses ?? []) {
		const line = seen.appendChild(document.createElement('li'));
		line.textContent = name + ', ' + new Date(time * 1000).toISOString().slice(0, 10);
	}
	said.replaceChildren(sentence);
});
`;

/** Where the script of the page is. */
export const CHECK_SCRIPT = '/verify/check.mjs';

/** The script of the page: the check that stands alone, and the little that joins it to the form. */
export function checkScript(): string {
	return `${standaloneCheck('check-proof')}${GLUE}`;
}

/** `/verify/check`: checks one receipt in the reader's own browser, without a network. */
export function checkPage({ t, library }: Reading, logs: readonly ShownLog[]) {
	return {
		title: t('check.title', { library: library.register.library.name }),
		vkey: logs[0]?.vkey ?? '',
		faults: ['proof', 'key', 'signature', 'log', 'entry', 'witness', 'browser'].map((why) => ({
			why,
			text: t(`check.why.${why}`),
		})),
	};
}
