// A candidate in JavaScript for the conformance suite: anchors, decoding, IoU, CIoU, the assigner,
// prediction and suppression, values only.
//
//     python -m conformance --candidate "cmd:node candidate.mjs"
//
// A line of JSON on stdin is a request, a line on stdout its reply; README.md one folder up explains both. Numbers lie
// in files, little-endian as on this machine. JavaScript computes in double precision; results are stored as they came.

import { readFileSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";

// ---------------------------------------------------------------------------------------------------------- tensors

const ARRAYS = { float32: Float32Array, float64: Float64Array, int64: BigInt64Array, bool: Uint8Array };

const count = (shape) => shape.reduce((product, n) => product * n, 1);

/** A tensor of zeros. */
const zeros = (dtype, ...shape) => ({ dtype, shape, data: new ARRAYS[dtype](count(shape)) });

/** The tensor, or the list of them, that a message describes. */
function read(described) {
  if (Array.isArray(described)) return described.map(read);
  const { dtype, shape, path } = described;
  const bytes = readFileSync(path);
  const start = bytes.byteOffset;
  return { dtype, shape, data: new ARRAYS[dtype](bytes.buffer.slice(start, start + bytes.length)) };
}

/** Write a tensor into the scratch folder; what a message says of it. */
function written(folder, name, { dtype, shape, data }) {
  const path = join(folder, `${name}.out`);
  writeFileSync(path, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  return { dtype, shape, path };
}

// ------------------------------------------------------------------------------------------------------------ boxes

/** Cell centres, levels as given, then y, then x; and the stride of each. */
function makeAnchors(shapes, { strides }) {
  const cells = shapes.flatMap(([height, width], level) =>
    Array.from({ length: height * width }, (_, i) => [(i % width) + 0.5, Math.floor(i / width) + 0.5, strides[level]]),
  );
  const points = zeros("float64", cells.length, 2);
  const stride = zeros("float64", cells.length, 1);
  cells.forEach(([x, y, s], a) => {
    points.data.set([x, y], 2 * a);
    stride.data[a] = s;
  });
  return [points, stride];
}

/** box = (x - l, y - t, x + r, y + b) */
function dist2bbox(distance, points) {
  const boxes = zeros(distance.dtype, ...distance.shape);
  distance.data.forEach((d, i) => {
    const centre = points.data[2 * (Math.floor(i / 4) % points.shape[0]) + (i % 2)];
    boxes.data[i] = i % 4 < 2 ? centre - d : centre + d;
  });
  return boxes;
}

/** A distance is the mean of the bins under the softmax of their logits. */
function decodeBoxes(logits, points, { reg_max }) {
  const [images, anchors] = logits.shape;
  const distance = zeros("float64", images, anchors, 4);
  for (let side = 0; side < distance.data.length; side++) {
    distance.data[side] = expected(Array.from(logits.data.subarray(side * reg_max, (side + 1) * reg_max)));
  }
  const boxes = dist2bbox(distance, points);
  return { ...boxes, dtype: logits.dtype, data: ARRAYS[logits.dtype].from(boxes.data) };
}

/** I / (w1 h1 + w2 h2 - I + eps); heights are larger by eps. */
function iou([ax1, ay1, ax2, ay2], [bx1, by1, bx2, by2], eps) {
  const width = Math.max(Math.min(ax2, bx2) - Math.max(ax1, bx1), 0);
  const height = Math.max(Math.min(ay2, by2) - Math.max(ay1, by1), 0);
  const areas = (ax2 - ax1) * (ay2 - ay1 + eps) + (bx2 - bx1) * (by2 - by1 + eps);
  return (width * height) / (areas - width * height + eps);
}

/** IoU - rho^2 / c^2 - v^2 / (1 - IoU + v + eps), v = 4/pi^2 (atan w2/h2 - atan w1/h1)^2 */
function ciou(a, b, eps) {
  const [ax1, ay1, ax2, ay2] = a;
  const [bx1, by1, bx2, by2] = b;
  const rho2 = ((ax1 + ax2 - bx1 - bx2) / 2) ** 2 + ((ay1 + ay2 - by1 - by2) / 2) ** 2;
  const width = Math.max(ax2, bx2) - Math.min(ax1, bx1);
  const height = Math.max(ay2, by2) - Math.min(ay1, by1);
  const angle1 = Math.atan((ax2 - ax1) / (ay2 - ay1 + eps));
  const angle2 = Math.atan((bx2 - bx1) / (by2 - by1 + eps));
  const v = (4 / Math.PI ** 2) * (angle2 - angle1) ** 2;
  const overlap = iou(a, b, eps);
  return overlap - rho2 / (width ** 2 + height ** 2 + eps) - v * (v / (1 - overlap + v + eps));
}

/** Row n of a tensor of boxes. */
const box = (boxes, n) => boxes.data.subarray(4 * n, 4 * n + 4);

/** An overlap of each pair. */
function each(overlap, boxes1, boxes2, { iou_eps }) {
  const values = zeros(boxes1.dtype, boxes1.shape[0]);
  values.data.forEach((_, n) => (values.data[n] = overlap(box(boxes1, n), box(boxes2, n), iou_eps)));
  return values;
}

// --------------------------------------------------------------------------------------------------------- assigner

/** Both ends of a side; one shorter than `least` is widened to it about its centre. */
function widened(start, end, least) {
  const centre = (start + end) / 2;
  return least > 0 && end - start < least ? [centre - least / 2, centre + least / 2] : [start, end];
}

/** Nearest edge farther than inside_eps. */
function candidatesInGts(points, gts, mask, { inside_eps, min_gt_side }) {
  const anchors = points.shape[0];
  const inside = zeros("bool", gts.shape[0], gts.shape[1], anchors);
  mask.data.forEach((valid, row) => {
    const [x1, y1, x2, y2] = box(gts, row);
    const [left, right] = widened(x1, x2, min_gt_side);
    const [top, bottom] = widened(y1, y2, min_gt_side);
    for (let a = 0; valid && a < anchors; a++) {
      const [x, y] = points.data.subarray(2 * a, 2 * a + 2);
      inside.data[row * anchors + a] = Math.min(x - left, y - top, right - x, bottom - y) > inside_eps;
    }
  });
  return inside;
}

/** u = max(0, CIoU), t = s^alpha u^beta, both 0 off the mask */
function alignmentMetric(scores, boxes, labels, gts, mask, { alpha, beta, iou_eps }) {
  const [, rows, anchors] = mask.shape;
  const [metric, overlaps] = [zeros(scores.dtype, ...mask.shape), zeros(scores.dtype, ...mask.shape)];
  mask.data.forEach((candidate, i) => {
    if (!candidate) return;
    const row = Math.floor(i / anchors);
    const anchor = Math.floor(row / rows) * anchors + (i % anchors);
    const s = scores.data[anchor * scores.shape[2] + Number(labels.data[row])];
    const u = Math.max(ciou(box(gts, row), box(boxes, anchor), iou_eps), 0);
    overlaps.data[i] = u;
    metric.data[i] = s ** alpha * u ** beta;
  });
  return [metric, overlaps];
}

/** The k best anchors of each ground truth, zero or not; of equal ones the first. */
function selectTopk(metric, mask, { topk }) {
  const claimed = zeros("bool", ...metric.shape);
  const anchors = metric.shape[2];
  mask.data.forEach((valid, row) => {
    const t = metric.data.subarray(row * anchors, (row + 1) * anchors);
    const best = Array.from(t.keys()).sort((a, b) => t[b] - t[a]);
    for (const a of valid ? best.slice(0, topk) : []) claimed.data[row * anchors + a] = 1;
  });
  return claimed;
}

/** An anchor claimed more than once goes to the ground truth, of all, that it overlaps most. */
function resolveConflicts(claimed, overlaps) {
  const [images, rows, anchors] = claimed.shape;
  const [owner, foreground] = [zeros("int64", images, anchors), zeros("bool", images, anchors)];
  const owned = zeros("bool", ...claimed.shape);
  foreground.data.forEach((_, i) => {
    const first = Math.floor(i / anchors) * rows * anchors + (i % anchors);
    const places = Array.from({ length: rows }, (_, g) => first + g * anchors);
    const claims = places.flatMap((at, g) => (claimed.data[at] ? [g] : []));
    if (!claims.length) return;
    const u = places.map((at) => overlaps.data[at]);
    const found = claims.length > 1 ? u.indexOf(Math.max(...u)) : claims[0];
    owner.data[i] = BigInt(found);
    foreground.data[i] = 1;
    owned.data[places[found]] = 1;
  });
  return [owner, foreground, owned];
}

function assign(scores, boxes, points, labels, gts, mask, dialect) {
  const inside = candidatesInGts(points, gts, mask, dialect);
  const [metric, overlaps] = alignmentMetric(scores, boxes, labels, gts, inside, dialect);
  const claimed = selectTopk(metric, mask, dialect);
  if (dialect.claims_inside) claimed.data.forEach((_, i) => (claimed.data[i] &= inside.data[i]));
  const [owner, foreground, owned] = resolveConflicts(claimed, overlaps);
  const [images, rows, anchors] = claimed.shape;
  const targetLabels = zeros("int64", images, anchors);
  const targetBoxes = zeros(gts.dtype, images, anchors, 4);
  foreground.data.forEach((learns, i) => {
    if (!learns) return;
    const row = Math.floor(i / anchors) * rows + Number(owner.data[i]);
    targetLabels.data[i] = labels.data[row];
    targetBoxes.data.set(box(gts, row), 4 * i);
  });
  const targetScores = scaledScores(metric, overlaps, owned, labels, dialect);
  return [targetLabels, targetBoxes, targetScores, foreground, owner];
}

/** score = t max u / (max t + norm_eps), the maxima over what the ground truth owns */
function scaledScores(metric, overlaps, owned, labels, { num_classes, norm_eps }) {
  const [images, rows, anchors] = owned.shape;
  const scores = zeros(metric.dtype, images, anchors, num_classes);
  labels.data.forEach((label, row) => {
    const own = Array.from({ length: anchors }, (_, a) => row * anchors + a).filter((i) => owned.data[i]);
    const scale = Math.max(...own.map((i) => overlaps.data[i])) / (Math.max(...own.map((i) => metric.data[i])) + norm_eps);
    for (const i of own) {
      const anchor = Math.floor(row / rows) * anchors + (i % anchors);
      scores.data[anchor * num_classes + Number(label)] = metric.data[i] * scale;
    }
  });
  return scores;
}

// --------------------------------------------------------------------------------------------------------- prediction

/** What an exported model answers: centre and size of each box in px, then the probability of each class. */
function predict(maps, dialect) {
  const { reg_max, num_classes } = dialect;
  const [points, stride] = makeAnchors(maps.map(({ shape }) => shape.slice(2)), dialect);
  const [images, anchors, rows] = [maps[0].shape[0], points.shape[0], 4 + num_classes];
  const prediction = zeros(maps[0].dtype, images, rows, anchors);
  let first = 0;
  maps.forEach(({ shape: [, channels, height, width], data }) => {
    const cells = height * width;
    for (let i = 0; i < images * cells; i++) {
      const [image, cell] = [Math.floor(i / cells), i % cells];
      const logit = (channel) => data[(image * channels + channel) * cells + cell];
      const side = (s) => expected(Array.from({ length: reg_max }, (_, bin) => logit(s * reg_max + bin)));
      const [left, top, right, bottom] = [0, 1, 2, 3].map(side);
      const [a, [x, y], scale] = [first + cell, points.data.subarray(2 * (first + cell)), stride.data[first + cell]];
      const box = [x + (right - left) / 2, y + (bottom - top) / 2, left + right, top + bottom].map((px) => px * scale);
      const classes = Array.from({ length: num_classes }, (_, c) => 1 / (1 + Math.exp(-logit(4 * reg_max + c))));
      [...box, ...classes].forEach((value, row) => (prediction.data[(image * rows + row) * anchors + a] = value));
    }
    first += cells;
  });
  return prediction;
}

/** The mean of the bins under the softmax of their logits. */
function expected(logits) {
  const largest = Math.max(...logits);
  const weights = logits.map((x) => Math.exp(x - largest));
  return weights.reduce((moment, w, i) => moment + w * i, 0) / weights.reduce((total, w) => total + w, 0);
}

/** The best box stays and drops those it overlaps by more than the threshold; then the best of the rest. 0/0 drops none. */
function nms(boxes, scores, threshold) {
  const order = Array.from(scores.data.keys()).sort((a, b) => scores.data[b] - scores.data[a]);
  const kept = [];
  for (const r of order) {
    if (!kept.some((k) => iou(box(boxes, k), box(boxes, r), 0) > threshold)) kept.push(r);
  }
  return { dtype: "int64", shape: [kept.length], data: BigInt64Array.from(kept.map(BigInt)) };
}

// --------------------------------------------------------------------------------------------------------- protocol

/** Each op with the names of what it takes and of what it returns. */
const OPS = {
  make_anchors: [makeAnchors, ["feature_shapes"], ["anchor_points", "stride_tensor"]],
  dist2bbox: [dist2bbox, ["distance", "anchor_points"], ["boxes"]],
  decode_boxes: [decodeBoxes, ["pred_dist", "anchor_points"], ["boxes"]],
  iou: [(...given) => each(iou, ...given), ["boxes1", "boxes2"], ["values"]],
  ciou: [(...given) => each(ciou, ...given), ["boxes1", "boxes2"], ["values"]],
  candidates_in_gts: [candidatesInGts, ["anchor_points", "gt_bboxes", "mask_gt"], ["inside"]],
  alignment_metric: [
    alignmentMetric,
    ["pd_scores", "pd_bboxes", "gt_labels", "gt_bboxes", "mask"],
    ["metric", "overlaps"],
  ],
  select_topk: [selectTopk, ["metric", "mask_gt"], ["claimed"]],
  resolve_conflicts: [resolveConflicts, ["mask_pos", "overlaps"], ["target_gt_idx", "fg_mask", "mask_pos"]],
  assign: [
    assign,
    ["pd_scores", "pd_bboxes", "anchor_points", "gt_labels", "gt_bboxes", "mask_gt"],
    ["target_labels", "target_bboxes", "target_scores", "fg_mask", "target_gt_idx"],
  ],
  predict: [predict, ["feature_maps"], ["prediction"]],
  nms: [nms, ["boxes", "scores", "iou_threshold"], ["keep"]],
};

let folder = "";

/** The reply to a start or a run, without its id. */
function answer(request) {
  if (request.type === "start") {
    folder = request.scratch;
    return { type: "result", protocol: 1, framework: "JavaScript", ops: Object.keys(OPS) };
  }
  if (!(request.op in OPS)) return { type: "unsupported", reason: `no op ${request.op}` };
  const [op, names, returns] = OPS[request.op];
  const given = names.map((name) => request.values[name] ?? read(request.tensors[name]));
  const results = [op(...given, request.dialect)].flat();
  const tensors = returns.map((name, i) => [name, written(folder, name, results[i])]);
  return { type: "result", tensors: Object.fromEntries(tensors) };
}

for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line);
  if (request.type === "stop") break;
  let reply;
  try {
    reply = answer(request);
  } catch (error) {
    reply = { type: "error", message: String(error) };
  }
  writeSync(1, `${JSON.stringify({ id: request.id, ...reply })}\n`);
}
