import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect } from 'chai';
import type { Page } from 'playwright-core';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const SCREENSHOTS = new URL('../../.screenshots/', import.meta.url);
const WIDTHS = [1280, 320] as const;
const STANDARDS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

interface Violation {
	readonly id: string;
	readonly help: string;
	readonly nodes: readonly { readonly target: readonly string[]; readonly html: string }[];
}

/**
 * Holds the page that is open to the bar of DESIGN section 9: no axe violation of WCAG 2.0 to 2.2 A and AA or best practice, and no sideways
 * scrolling, at 1280 and at 320 px. Leaves a screenshot of each width in `.screenshots/`.
 */
export async function expectAccessible(page: Page, name: string): Promise<void> {
	mkdirSync(SCREENSHOTS, { recursive: true });
	for (const width of WIDTHS) {
		await page.setViewportSize({ width, height: 900 });
		const file = new URL(`${name}-${width}.png`, SCREENSHOTS);
		await page.screenshot({ path: file.pathname, fullPage: true });
		// The pages forbid every script; axe is put in from outside, past the policy, which this does not weaken.
		const violations = await runAxe(page);
		const told = violations.map(
			({ id, help, nodes }) => `${id}: ${help} (${nodes.map((node) => node.target.join(' ')).join(', ')})`,
		);
		expect(told, `${name} at ${width} px`).to.deep.equal([]);
		const overflow = await page.evaluate(
			'document.documentElement.scrollWidth - document.documentElement.clientWidth',
		);
		expect(overflow, `${name} scrolls sideways at ${width} px`).to.be.at.most(0);
	}
	await page.setViewportSize({ width: WIDTHS[0], height: 900 });
}

async function runAxe(page: Page): Promise<readonly Violation[]> {
	const options = JSON.stringify({
		runOnly: { type: 'tag', values: STANDARDS },
		resultTypes: ['violations'],
	});
	const result = await page.evaluate(
		`(async () => { ${AXE}; return (await axe.run(document, ${options})).violations; })()`,
	);
	return result as readonly Violation[];
}
