import { readFileSync } from 'node:fs';
import { expect } from 'chai';

const css = readFileSync(new URL('../src/assets/tokens.css', import.meta.url), 'utf8');

/** WCAG 2.2 relative luminance and contrast. */
function luminance(hex: string): number {
	const [red, green, blue] = [1, 3, 5].map((at) => {
		const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
		return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
	});
	return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
}

function contrast(a: string, b: string): number {
	const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x);
	return (light! + 0.05) / (dark! + 0.05);
}

function token(name: string): [light: string, dark: string] {
	const pair = new RegExp(`--${name}:light-dark\\((#[0-9a-f]{6}),(#[0-9a-f]{6})\\)`).exec(css);
	if (!pair) throw new Error(`there is no token ${name}`);
	return [pair[1]!, pair[2]!];
}

describe('the colors can be read', () => {
	const grounds = ['ground', 'sheet', 'sunk', 'manila'].map(token);

	for (const [name, least] of [
		['ink', 7],
		['soft', 4.5],
		['edge', 3],
		['good', 4.5],
		['wait', 4.5],
		['stop', 4.5],
		['focus', 3],
	] as const) {
		it(`${name} has a contrast of at least ${least} on every ground, light and dark`, () => {
			for (const side of [0, 1] as const) {
				for (const ground of grounds) expect(contrast(token(name)[side], ground[side])).to.be.at.least(least);
			}
		});
	}

	it('every cloth carries its words, and its ink stands on every ground, light and dark', () => {
		const onCloth = /--on-cloth:(#[0-9a-f]{6})/.exec(css)![1]!;
		const cloths = [
			...css.matchAll(/\[data-cloth=(\w+)\]\{--c:(#\w{6});--lit:(#\w{6});--wash:(#\w{6});--dusk:(#\w{6})\}/g),
		];
		expect(cloths).to.have.length(12);
		for (const [, name, cloth, lit, wash, dusk] of cloths) {
			expect(contrast(cloth!, onCloth), `${name} on the plate`).to.be.at.least(7);
			for (const [light, dark] of grounds) {
				expect(contrast(cloth!, light), `${name} in the light`).to.be.at.least(4.5);
				expect(contrast(lit!, dark), `${name} in the dark`).to.be.at.least(4.5);
			}
			expect(contrast(cloth!, wash!), `${name} on its wash`).to.be.at.least(4.5);
			expect(contrast(lit!, dusk!), `${name} on its dusk`).to.be.at.least(4.5);
		}
	});
});
