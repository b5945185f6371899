import { inDegrees, locationAt } from '@understory/core/location.ts';
import { expect } from 'chai';
import { type Drawing, drawMap, type Placed } from '../src/pages/draw-map.ts';
import { boxOf } from '../src/pages/map-labels.ts';

const BELMONT = at('belmont', 45.515, -122.623);
const KENTON = at('kenton', 45.583, -122.686);
const GRESHAM = at('gresham', 45.5, -122.431);

function at(id: string, latitude: number, longitude: number, rank = 0): Placed {
	return { id, name: id, location: locationAt(latitude, longitude)!, rank };
}

function drawn<T extends Placed>(...places: T[]): Drawing<T> {
	const drawing = drawMap(places);
	if (!drawing) throw new Error('nothing was drawn');
	return drawing;
}

/** The dot that stands for one place or for several. */
function dotOf(drawing: Drawing<Placed>, id: string) {
	return drawing.dots.find(({ here }) => here.some((place) => place.id === id))!;
}

/** Places that look as if they were strewn, the same each time. */
function strewn(count: number): Placed[] {
	return Array.from({ length: count }, (_, n) =>
		at(`branch-${n}`, 45 + ((n * 7919) % 1000) / 1500, -122 - ((n * 104729) % 997) / 1100, n % 3),
	);
}

describe('a location', () => {
	it('is kept to three decimals, in whole numbers, and on the globe only', () => {
		expect(locationAt(45.52345, -122.67671)).to.deep.equal({ north: 45523, east: -122677 });
		expect(inDegrees({ north: 45523, east: -122677 })).to.deep.equal({
			latitude: 45.523,
			longitude: -122.677,
		});
		expect(Object.is(locationAt(-0.0001, 5)!.north, 0), 'no negative zero').to.equal(true);
		for (const [north, east] of [
			[90.001, 0],
			[0, -180.001],
			[Number.NaN, 5],
			[5, Number.POSITIVE_INFINITY],
		])
			expect(locationAt(north!, east!), `${north} ${east}`).to.equal(null);
	});
});

describe('the drawing of a map', () => {
	it('has north up and east to the right, everything inside, and nothing where there is nothing to draw', () => {
		const drawing = drawn(BELMONT, KENTON, GRESHAM);
		const [belmont, kenton, gresham] = [BELMONT, KENTON, GRESHAM].map(({ id }) => dotOf(drawing, id));
		expect(kenton!.y).to.be.lessThan(belmont!.y);
		expect(gresham!.x).to.be.greaterThan(belmont!.x).and.greaterThan(kenton!.x);
		for (const { x, y } of drawing.dots) {
			expect(x).to.be.within(12, drawing.width - 12);
			expect(y).to.be.within(12, drawing.foot - 12);
		}
		expect(drawMap([])).to.equal(null);
	});

	it('is as long both ways as the ground is: a degree east is shorter by the cosine of the latitude', () => {
		const drawing = drawn(at('a', 60, 10), at('north', 60.2, 10), at('east', 60, 10.4));
		const [a, north, east] = ['a', 'north', 'east'].map((id) => dotOf(drawing, id));
		// 0.2 degrees north, and 0.4 degrees east at about the sixtieth parallel, are both 22.2 km.
		expect((east!.x - a!.x) / (a!.y - north!.y)).to.be.closeTo(1, 0.01);
		expect((22.24 * drawing.km.length) / drawing.km.number).to.be.closeTo(a!.y - north!.y, 1);
	});

	it('has a scale of 1, 2 or 5 in kilometers and in miles, whether for one building or for a continent', () => {
		for (const places of [[BELMONT], [BELMONT, GRESHAM], [BELMONT, at('far', 25.8, -80.2)]]) {
			const { km, miles } = drawn(...places);
			for (const { number, length } of [km, miles]) {
				expect(String(number)).to.match(/^(0\.)?0*[125]0*$/);
				expect(length).to.be.within(50, 150);
			}
			expect(miles.length / miles.number / (km.length / km.number)).to.be.closeTo(1.609, 0.03);
		}
	});

	it('joins what is too close to be hit one by one, and no two squares of 24 meet however many there are', () => {
		const same = drawn(BELMONT, { ...BELMONT, id: 'upstairs' }, GRESHAM);
		expect(dotOf(same, 'upstairs').here.map(({ id }) => id)).to.deep.equal(['belmont', 'upstairs']);
		expect(same.dots).to.have.length(2);
		const { dots } = drawn(...strewn(300));
		expect(dots.flatMap(({ here }) => here)).to.have.length(300);
		expect(dots.length).to.be.greaterThan(50);
		for (const [n, one] of dots.entries())
			for (const other of dots.slice(n + 1))
				expect(Math.max(Math.abs(one.x - other.x), Math.abs(one.y - other.y))).to.be.at.least(23.8);
	});

	it('names only what it has room to name: no name touches a dot, another name or the edge, and who ranks first is named first', () => {
		const { dots, labels, width, foot } = drawn(...strewn(60));
		expect(labels.length).to.be.within(3, 59);
		const boxes = labels.map(boxOf);
		for (const [n, box] of boxes.entries()) {
			expect(box.left >= 0 && box.right <= width && box.top >= 0 && box.bottom <= foot, 'inside').to.equal(
				true,
			);
			for (const { x, y } of dots)
				expect(
					box.left < x + 8 && box.right > x - 8 && box.top < y + 8 && box.bottom > y - 8,
					`${labels[n]!.text} lies on a dot`,
				).to.equal(false);
			for (const other of boxes.slice(n + 1))
				expect(
					box.left < other.right &&
						other.left < box.right &&
						box.top < other.bottom &&
						other.top < box.bottom,
					`${labels[n]!.text} lies on a name`,
				).to.equal(false);
		}
		// A name of 32 letters is as long as half of the sheet, so there is room for one of the two.
		for (const first of ['a', 'b']) {
			const ends = ['a', 'b'].map((id, n) => ({
				...at(id, 45.5, -122.5 + n / 10, id === first ? 0 : 1),
				name: id.repeat(32),
			}));
			expect(drawn(...ends).labels.map(({ text }) => text)).to.deep.equal([first.repeat(32)]);
		}
	});

	it('is the same whatever the order of the places, to the last digit', () => {
		const places = strewn(80);
		expect(JSON.stringify(drawMap(places.toReversed()))).to.equal(JSON.stringify(drawMap(places)));
		expect(JSON.stringify(drawMap(places))).not.to.match(/\.\d\d/);
	});

	it('keeps together what lies on both sides of the 180th meridian', () => {
		const drawing = drawn(at('west-of-it', 52, 179.9), at('east-of-it', 52, -179.9));
		expect(drawing.km.number).to.be.at.most(10);
		expect(dotOf(drawing, 'east-of-it').x).to.be.greaterThan(dotOf(drawing, 'west-of-it').x);
	});
});
