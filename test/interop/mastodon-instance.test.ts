import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { expect } from 'chai';
import { type Bed, createBed } from '../../packages/branch/test/bed.ts';
import { call } from '../../packages/branch/test/browser.ts';

const FILE = fileURLToPath(new URL('../../../shared/data/mastodon-openapi/schema.json', import.meta.url));

/** What a branch has not and Mastodon's document asks for as an address: said as an empty text, as Mastodon does with a mailbox that is not set. */
const EMPTY = new Set(['/email', '/contact/email', '/source_url']);

describe('what a branch says of itself, by the document of Mastodon’s API', () => {
	let bed: Bed;
	before(async function () {
		if (!existsSync(FILE)) {
			console.warn('SKIPPED, LOUDLY: shared/data/mastodon-openapi is not beside the repository.');
			this.skip();
		}
		bed = await createBed(['north']);
	});
	after(() => bed?.close());

	for (const path of [
		'/api/v1/instance',
		'/api/v2/instance',
		'/api/v1/instance/rules',
		'/api/v1/instance/extended_description',
		'/api/v1/instance/privacy_policy',
	]) {
		it(`${path} has its shape`, async () => {
			const document = JSON.parse(readFileSync(FILE, 'utf8'));
			const ajv = new Ajv2020({ strict: false, allErrors: true });
			formats.default(ajv);
			ajv.addFormat('iso-639-1', /^[a-z]{2}$/);
			ajv.addSchema(document, 'mastodon');
			const [ref] = pathTo(
				document.paths[path].get.responses['200'].content['application/json'].schema,
				path,
			);
			const validate = ajv.compile({ $ref: `mastodon${ref}` });
			const host = new URL(bed.branch('north').origin).host;
			for (const stage of ['open', 'quiet'] as const) {
				bed.change('north', { stage });
				const { status, body } = await call(bed.port, 'GET', path, { host });
				expect(status).to.equal(200);
				validate(JSON.parse(body));
				const faults = (validate.errors ?? []).filter(
					({ instancePath, keyword }) => !(keyword === 'format' && EMPTY.has(instancePath)),
				);
				expect(faults, `${path} of a branch that is ${stage}`).to.deep.equal([]);
			}
			bed.change('north', { stage: 'retired' });
			expect((await call(bed.port, 'GET', path, { host })).status, 'of a branch that is retired').to.equal(
				410,
			);
		});
	}
});

/** Where in the document the schema of an answer stands, as a JSON pointer. */
function pathTo(schema: { $ref?: string }, path: string): [string] {
	if (schema.$ref) return [schema.$ref];
	const place = path.replaceAll('~', '~0').replaceAll('/', '~1');
	return [`#/paths/${place}/get/responses/200/content/application~1json/schema`];
}
