import {
	isLive,
	isServed,
	mayAnswer,
	mayBecome,
	mayFederate,
	STAGES,
	takesNewcomers,
} from '@understory/core/stage.ts';
import { expect } from 'chai';

describe('the stages of a branch', () => {
	it('nothing comes back from retired', () => {
		for (const stage of STAGES) expect(mayBecome('retired', stage)).to.equal(stage === 'retired');
	});

	it('a listed branch runs nothing, every other one is served', () => {
		expect(STAGES.filter((stage) => !isServed(stage))).to.deep.equal(['listed']);
	});

	it('a listed branch cannot open without being provisioned first', () => {
		expect(mayBecome('listed', 'open')).to.equal(false);
		expect(mayBecome('listed', 'unopened')).to.equal(true);
	});

	it('a quiet branch keeps its people, takes no newcomers, and sends nothing new', () => {
		expect([isLive('quiet'), takesNewcomers('quiet'), mayFederate('quiet')]).to.deep.equal([
			true,
			false,
			false,
		]);
	});

	it('a quiet branch still answers other servers, a retired one tells what its people delete, one that was never opened does neither', () => {
		expect(STAGES.filter(mayAnswer)).to.deep.equal(['gathering', 'open', 'quiet', 'closing', 'retired']);
	});
});
