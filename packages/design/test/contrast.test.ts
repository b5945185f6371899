import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { CLOTHS } from '../src/cloth.ts';

const read = (file: string) => readFileSync(new URL(`../${file}`, import.meta.url), 'utf8');
const tokens = read('src/assets/tokens.css');
const styles = read('src/assets/understory.css');
const tables = read('README.md');

/** Red, green and blue of `#rrggbb`. */
function parts(hex: string): number[] {
	return [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
}

/** WCAG 2.2, relative luminance. */
function luminance(color: readonly number[]): number {
	const [red, green, blue] = color.map((part) =>
		part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4,
	);
	return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
}

/** WCAG 2.2, contrast ratio. */
function contrastOf(a: readonly number[], b: readonly number[]): number {
	const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x);
	return (light! + 0.05) / (dark! + 0.05);
}

const contrast = (a: string, b: string) => contrastOf(parts(a), parts(b));

function token(name: string): [light: string, dark: string] {
	const pair = new RegExp(`--${name}:light-dark\\((#[0-9a-f]{6}),(#[0-9a-f]{6})\\)`).exec(tokens);
	if (!pair) throw new Error(`there is no token ${name} for light and dark`);
	return [pair[1]!, pair[2]!];
}

function plain(name: string): string {
	const found = new RegExp(`--${name}:(#[0-9a-f]{6})[;}]`).exec(tokens);
	if (!found) throw new Error(`there is no token ${name}`);
	return found[1]!;
}

/** The rows of the README whose first cell names something, as their cells without code marks. */
function row(name: string): string[] {
	const line = tables.split('\n').find((text) => new RegExp(`^\\| (?:\`--)?${name}\\b`).test(text));
	if (!line) throw new Error(`the README has no row for ${name}`);
	return line
		.split('|')
		.slice(1, -1)
		.map((cell) => cell.trim().replaceAll('`', ''));
}

const GROUNDS = ['ground', 'sheet', 'sunk', 'manila'].map(token);
const [GROUND] = GROUNDS as [[string, string]];
const ON_CLOTH = plain('on-cloth');
const CLOTH = /\[data-cloth=(\w+)\]\{--c:(#\w{6});--lit:(#\w{6});--wash:(#\w{6});--dusk:(#\w{6})\}/g;
const cloths = [...tokens.matchAll(CLOTH)].map(([, name, cloth, lit, wash, dusk]) => ({
	name: name!,
	cloth: cloth!,
	lit: lit!,
	wash: wash!,
	dusk: dusk!,
}));

describe('the colors can be read', () => {
	const least: [string, number][] = [
		['ink', 7],
		['soft', 4.5],
		['edge', 3],
		['good', 4.5],
		['wait', 4.5],
		['stop', 4.5],
		['focus', 3],
	];
	for (const [name, needed] of least) {
		it(`${name} has a contrast of at least ${needed} on every ground, light and dark, as the README says`, () => {
			const [light, dark] = token(name);
			const onLight = GROUNDS.map(([ground]) => contrast(light, ground));
			const onDark = GROUNDS.map(([, ground]) => contrast(dark, ground));
			for (const ratio of [...onLight, ...onDark]) expect(ratio).to.be.at.least(needed);
			const said = (ratios: number[]) => ratios.map((ratio) => ratio.toFixed(1)).join(' / ');
			expect(row(name).slice(1)).to.deep.equal([light, said(onLight), dark, said(onDark)]);
		});
	}

	it('what a browser without light-dark() shows is the light one', () => {
		for (const [name] of least) expect(plain(name)).to.equal(token(name)[0]);
		for (const name of ['ground', 'sheet', 'sunk', 'manila']) expect(plain(name)).to.equal(token(name)[0]);
	});

	it('there are the twelve cloths that can be chosen, and no other', () => {
		expect(cloths.map(({ name }) => name)).to.deep.equal([...CLOTHS]);
	});

	for (const { name, cloth, lit, wash, dusk } of cloths) {
		it(`${name} carries its words, and its ink stands on its wash and every ground, as the README says`, () => {
			const ratios = [
				contrast(cloth, ON_CLOTH),
				contrast(cloth, GROUND[0]),
				contrast(cloth, wash),
				contrast(lit, GROUND[1]),
				contrast(lit, dusk),
			];
			expect(ratios[0]).to.be.at.least(7);
			const [a, b, c, d, e] = ratios.map((ratio) => ratio.toFixed(1));
			expect(row(name)).to.deep.equal([name, cloth, a, b, c, lit, d, e]);
			for (const ratio of ratios) expect(ratio).to.be.at.least(4.5);
			for (const [light, dark] of GROUNDS) {
				expect(contrast(cloth, light)).to.be.at.least(4.5);
				expect(contrast(lit, dark)).to.be.at.least(4.5);
			}
		});
	}

	it('the lightest thread of the weave still carries the words of the plate, and its focus', () => {
		const thread = /\.plate\{background-image:repeating-linear-gradient\(#fff(\w) /.exec(styles)![1]!;
		const white = Number.parseInt(thread + thread, 16) / 255;
		const threads = cloths.map(({ cloth }) => parts(cloth).map((part) => part + (255 - part) * white));
		const worst = (color: string) => Math.min(...threads.map((one) => contrastOf(parts(color), one)));
		expect(worst(ON_CLOTH).toFixed(1)).to.equal('6.7');
		expect(worst(plain('on-cloth-focus')).toFixed(1)).to.equal('5.3');
	});

	it('the footer carries its words and its focus', () => {
		expect(contrast(plain('on-cloth-focus'), plain('floor')).toFixed(1)).to.equal('8.9');
		const words = /\.foot\{[^}]*color:(#\w{6})/.exec(styles)![1]!;
		expect(contrast(words, plain('floor'))).to.be.at.least(7);
	});
});
