import { expect } from 'chai';
import { apiChecker } from './fixtures/api-schemas.ts';
import { type Rendered, type Renderer, renderer } from './fixtures/render.ts';
import { toolsOrSkip } from './fixtures/tools-or-skip.ts';
import { VALUES } from './fixtures/values.ts';

/** That what charts make is right to them is in `matrix.test.ts`. */
describe('to the schemas of the API server', () => {
	const check = apiChecker();
	let charts: Renderer;
	before(async function () {
		charts = renderer(await toolsOrSkip(this));
	});

	describe('it is wrong', () => {
		const wrong: [what: string, kind: string, change: (object: Rendered) => void, says: string][] = [
			[
				'when a field is not known',
				'Deployment',
				({ spec }) => Object.assign(spec.template.spec, { hostNetwrk: true }),
				'hostNetwrk',
			],
			[
				'when a number is a word',
				'Deployment',
				({ spec }) => Object.assign(spec, { replicas: 'one' }),
				'/spec/replicas',
			],
			['when something is missing', 'Service', ({ spec }) => delete spec.ports[0].port, 'port'],
			[
				'when a policy has a peer of no kind',
				'NetworkPolicy',
				({ spec }) => Object.assign(spec.ingress[0].from[0], { pods: {} }),
				'pods',
			],
			[
				'when an object is of no API',
				'Deployment',
				(object) => Object.assign(object, { apiVersion: 'apps/v1beta1' }),
				'apps/v1beta1',
			],
		];
		for (const [what, kind, change, says] of wrong) {
			it(what, () => {
				const object = structuredClone(charts.render('home', VALUES.home!.least).one(kind));
				change(object);
				expect(check(object).join('\n')).to.include(says);
			});
		}
	});
});
