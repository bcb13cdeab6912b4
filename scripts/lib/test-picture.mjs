/**
 * The moving test picture: a ball that goes round, colour bars, a bar that fills within the clip's time. Everything is periodic, so
 * that the last frame is followed by the first. Plain areas, for a small file.
 */
export const width = 640;
export const height = 360;
/** frames/s */
export const frameRate = 30;
const seconds = 3;

/** Y, Cb, Cr of ITU-R BT.601, limited range. */
const colours = {
  background: [54, 140, 118],
  ball: [210, 16, 146],
  shade: [32, 134, 124],
  bar: [235, 128, 128],
};
const colourBars = [
  [180, 128, 128],
  [162, 44, 142],
  [131, 156, 44],
  [112, 72, 58],
  [84, 184, 198],
  [65, 100, 212],
  [35, 212, 114],
];

const [ballRadius, orbit] = [44, { x: 230, y: 90 }];
const barsHeight = 48;
const progress = { top: 332, bottom: 348, left: 40, right: 600 };

/** One frame after the other as planar YUV 4:2:0. */
export function* pictures() {
  const frames = frameRate * seconds;
  for (let index = 0; index < frames; index += 1) yield picture(index / frames);
}

/** @param phase of the clip, from 0 to 1 */
function picture(phase) {
  const image = Buffer.alloc((width * height * 3) / 2);
  const angle = 2 * Math.PI * phase;
  const ball = { x: width / 2 + orbit.x * Math.cos(angle), y: 196 + orbit.y * Math.sin(angle) };
  const filled = progress.left + (progress.right - progress.left) * phase;
  // Chroma is half as fine: everything is drawn in squares of two by two, the ball's edge too.
  for (let y = 0; y < height; y += 2) {
    for (let x = 0; x < width; x += 2) paint(image, x, y, colourAt(x, y, ball, filled));
  }
  return image;
}

function colourAt(x, y, ball, filled) {
  if (y < barsHeight) return colourBars[Math.floor((x * colourBars.length) / width)];
  if (y >= progress.top && y < progress.bottom && x >= progress.left && x < progress.right)
    return x < filled ? colours.bar : colours.shade;
  if (Math.hypot(x - ball.x, y - ball.y) < ballRadius) return colours.ball;
  if (Math.hypot(x - ball.x - 14, y - ball.y - 14) < ballRadius) return colours.shade;
  return colours.background;
}

function paint(image, x, y, [luma, blue, red]) {
  for (const row of [y, y + 1]) image.fill(luma, row * width + x, row * width + x + 2);
  const chroma = width * height + (y / 2) * (width / 2) + x / 2;
  image[chroma] = blue;
  image[chroma + (width * height) / 4] = red;
}
