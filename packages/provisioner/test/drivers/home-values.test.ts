import { expect } from 'chai';
import { homeValues } from '../../src/drivers/helm/home-values.ts';

const forAll = {
	image: { repository: 'understory', tag: '1' },
	secret: { version: '2' },
	route: {
		kind: 'gateway',
		hosts: ['*.anytown.example', '*.elsewhere.example'],
		gateway: { name: 'public' },
	},
};
const token = { enrolmentToken: 'one-time' };

describe('the values of a home', () => {
	it('are what is said for all of them, with its own name and Secret, and no names: who is where changes without them', () => {
		expect(homeValues(forAll, { name: 'home-1', kind: 'shared', ...token })).to.deep.equal({
			...forAll,
			route: { ...forAll.route, hosts: [] },
			name: 'home-1',
			secret: { version: '2', name: 'home-1-enrolment' },
		});
	});

	it('lead to a dedicated home by the name of its branch, and by nobody else’s', () => {
		const values = homeValues(forAll, { name: 'a', kind: 'dedicated', host: 'a.anytown.example', ...token });
		expect(values).to.deep.include({ route: { ...forAll.route, hosts: ['a.anytown.example'] } });
		expect(homeValues(forAll, { name: 'a', kind: 'dedicated', ...token })).to.deep.include({
			route: { ...forAll.route, hosts: [] },
		});
	});

	it('hold no token', () => {
		expect(JSON.stringify(homeValues(forAll, { name: 'a', kind: 'shared', ...token }))).to.not.include(
			'one-time',
		);
	});
});
