import { readFileSync } from 'node:fs';
import { SIGN_IN_SCHEMA } from '@understory/core/sign-in-schema.ts';
import { expect } from 'chai';
import { createSettingsCheck } from '../src/card/settings.ts';

const PAGE = readFileSync(new URL('../../../docs/library-it/sign-in.md', import.meta.url), 'utf8');

describe('the page about sign-in for library IT', () => {
	const examples = [...PAGE.matchAll(/```json\n(.*?)```/gs)].map(
		([, json = '']) => JSON.parse(json) as object,
	);
	const kindOf = (example: object) => (example as { connector: { kind: string } }).connector.kind;

	it('has an example for each kind of catalogue', () => {
		const { connector } = SIGN_IN_SCHEMA.properties as {
			connector: { oneOf: { properties: { kind: { const: string } } }[] };
		};
		const kinds = connector.oneOf.map(({ properties }) => properties.kind.const);
		expect(new Set(examples.map(kindOf))).to.deep.equal(new Set(kinds));
	});

	it('has no example that could not be used as it stands', () => {
		const check = createSettingsCheck();
		for (const example of examples)
			expect(check({ version: 1, ...example }), kindOf(example)).to.deep.equal([]);
	});

	it('names only settings that there are', () => {
		const { connector: _connector, ...known } = SIGN_IN_SCHEMA.properties as Record<
			string,
			{ properties?: object }
		>;
		const rows = [...PAGE.matchAll(/^\| `([a-z_.]+)`(?:, `([a-z_.]+)`)? \|/gm)].flatMap(([, ...names]) =>
			names.filter(Boolean),
		);
		expect(rows.length).to.be.greaterThan(8);
		for (const row of rows as string[]) {
			const [name = '', part] = row.split('.');
			expect(known, row).to.have.property(name);
			if (part) expect(known[name]!.properties, row).to.have.property(part);
		}
	});
});
