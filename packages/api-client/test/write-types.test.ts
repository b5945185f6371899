import type { ApiDocument, ApiSchema } from '@understory/api-client/document.ts';
import { writeTypes } from '@understory/api-client/write-types.ts';
import { expect } from 'chai';
import { apiText } from './write-api.ts';

describe('the types of the API', () => {
	it('are those of the document that the platform serves: run `npm run api-client` after changing it', () => {
		const { wanted, found } = apiText();
		expect(found).to.equal(wanted);
	});

	it('a schema of a form that is not known is refused rather than loosened', () => {
		const of = (schema: ApiSchema): ApiDocument => ({ paths: {}, components: { schemas: { A: schema } } });
		expect(() => writeTypes(of({ type: 'tuple' }))).to.throw(TypeError);
		expect(() => writeTypes(of({ pattern: 'x' } as ApiSchema))).to.throw(TypeError);
	});

	it('what may be null, missing or one of several words says so', () => {
		const schema: ApiSchema = {
			type: 'object',
			properties: {
				a: { type: ['string', 'null'] },
				'b-c': { enum: ["it's", null] },
				d: { type: 'array', items: { $ref: '#/components/schemas/A' } },
			},
			required: ['a'],
		};
		const text = writeTypes({ paths: {}, components: { schemas: { A: schema } } });
		expect(text).to.include('readonly a: string | null;');
		expect(text).to.include("readonly 'b-c'?: 'it\\'s' | null;");
		expect(text).to.include('readonly d?: readonly A[];');
	});
});
