import { expect } from 'chai';
import { canonicalize } from '../src/jcs.ts';

describe('canonical JSON (RFC 8785)', () => {
	it('sorts members by UTF-16 code units, as the example of RFC 8785 3.2.3', () => {
		const given = {
			'\u20ac': 'Euro Sign',
			'\r': 'Carriage Return',
			'\ufb33': 'Hebrew Letter Dalet With Dagesh',
			'1': 'One',
			'\ud83d\ude00': 'Emoji: Grinning Face',
			'\u0080': 'Control',
			'\u00f6': 'Latin Small Letter O With Diaeresis',
		};
		expect(canonicalize(given)).to.equal(
			'{"\\r":"Carriage Return","1":"One","\u0080":"Control","\u00f6":"Latin Small Letter O With Diaeresis",' +
				'"\u20ac":"Euro Sign","\ud83d\ude00":"Emoji: Grinning Face","\ufb33":"Hebrew Letter Dalet With Dagesh"}',
		);
	});

	// cyberphone/json-canonicalization, testdata/input and testdata/output (Apache-2.0).
	const vectors: [name: string, input: string, output: string][] = [
		['arrays', '[56,{"d":true,"10":null,"1":[]}]', '[56,{"1":[],"10":null,"d":true}]'],
		[
			'french',
			'{"peach":"This sorting order","péché":"is wrong according to French","pêche":"but canonicalization MUST","sin":"ignore locale"}',
			'{"peach":"This sorting order","péché":"is wrong according to French","pêche":"but canonicalization MUST","sin":"ignore locale"}',
		],
		[
			'structures',
			'{"1":{"f":{"f":"hi","F":5},"\\n":56.0},"10":{},"":"empty","a":{},"111":[{"e":"yes","E":"no"}],"A":{}}',
			'{"":"empty","1":{"\\n":56,"f":{"F":5,"f":"hi"}},"10":{},"111":[{"E":"no","e":"yes"}],"A":{},"a":{}}',
		],
		['unicode', '{"Unnormalized Unicode":"A\\u030a"}', '{"Unnormalized Unicode":"A\u030a"}'],
		[
			'values',
			'["\\u20ac$\\u000F\\u000aA\'\\u0042\\u0022\\u005c\\\\\\"\\/",null,true,false]',
			'["€$\\u000f\\nA\'B\\"\\\\\\\\\\"/",null,true,false]',
		],
		[
			'weird',
			'{"\\u20ac":"Euro Sign","\\r":"Carriage Return","\\u000a":"Newline","1":"One","\\u0080":"Control\\u007f","\\ud83d\\ude02":"Smiley","\\u00f6":"Latin Small Letter O With Diaeresis","\\ufb33":"Hebrew Letter Dalet With Dagesh","</script>":"Browser Challenge"}',
			'{"\\n":"Newline","\\r":"Carriage Return","1":"One","</script>":"Browser Challenge","\u0080":"Control\u007f","ö":"Latin Small Letter O With Diaeresis","€":"Euro Sign","😂":"Smiley","\ufb33":"Hebrew Letter Dalet With Dagesh"}',
		],
	];
	for (const [name, input, output] of vectors) {
		it(`gives the published output for ${name}`, () => {
			expect(canonicalize(JSON.parse(input))).to.equal(output);
		});
	}

	it('is the same however often it is read and written again', () => {
		const once = canonicalize({ b: [1, { z: '\u2028', a: -0 }], a: 'ä' });
		expect(canonicalize(JSON.parse(once))).to.equal(once);
		expect(once).to.equal('{"a":"ä","b":[1,{"a":0,"z":"\u2028"}]}');
	});

	it('leaves out a member that is undefined, as JSON does', () => {
		expect(canonicalize({ a: undefined, b: 1 })).to.equal('{"b":1}');
	});

	const refused: [why: string, value: unknown][] = [
		['a float', 1.5],
		['an integer that is not safe', 2 ** 53],
		['not a number', Number.NaN],
		['half a character', '\ud800'],
		['half a character in a name', { '\udc00': 1 }],
		['undefined in a list', [undefined]],
		['a hole in a list', new Array(1)],
		['a big integer', 1n],
		['a function', () => 1],
		['a Date', new Date(0)],
		['a Map', new Map([[1, 2]])],
	];
	for (const [why, value] of refused) {
		it(`refuses ${why}`, () => {
			expect(() => canonicalize(value)).to.throw(TypeError);
			expect(() => canonicalize({ deep: [value] })).to.throw(TypeError);
		});
	}
});
