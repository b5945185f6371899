import { expect } from 'chai';
import type { Page } from 'playwright-core';

/** Presses Tab until the thing with these words (or this label) has the focus; a person without a mouse has nothing else. */
export async function tabTo(page: Page, words: string | RegExp, most = 80): Promise<void> {
	const fits = (text: string) => (typeof words === 'string' ? text.includes(words) : words.test(text));
	for (let stops = 0; stops < most; stops++) {
		await page.keyboard.press('Tab');
		const text = String(
			await page.evaluate(`(() => {
				const focused = document.activeElement;
				if (!focused || focused === document.body || focused.getAttribute('role') === 'region') return '';
				const labels = [...(focused.labels ?? [])].map((label) => label.textContent).join(' ');
				return [labels, focused.getAttribute('aria-label'), focused.textContent, focused.value].filter(Boolean).join(' ').replace(/\\s+/g, ' ');
			})()`),
		);
		if (!fits(text)) continue;
		const outline = String(
			await page.evaluate(`(() => {
			const shown = document.activeElement.closest('.choice') ?? document.activeElement;
			return getComputedStyle(shown).outlineStyle + ' ' + getComputedStyle(document.activeElement).outlineStyle;
		})()`),
		);
		expect(outline, `the focus on "${words}" can be seen`).to.not.equal('none none');
		return;
	}
	throw new Error(`Tab never reached "${words}" on ${page.url()}`);
}

/** Goes to it and presses it, which leads to another page. */
export async function press(page: Page, words: string | RegExp): Promise<void> {
	await tabTo(page, words);
	await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
}

/** Goes to a field and types. */
export async function type(page: Page, label: string | RegExp, text: string): Promise<void> {
	await tabTo(page, label);
	await page.keyboard.type(text);
}
