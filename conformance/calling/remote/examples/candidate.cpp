// A candidate in C++17 for the conformance suite: anchors, decoding, IoU, CIoU, the assigner, prediction
// and suppression, values only.
//
//     c++ -O2 -std=c++17 -o candidate candidate.cpp
//     python -m conformance --candidate cmd:./candidate
//
// A line of JSON on stdin is a request, a line on stdout its reply; README.md one folder up explains both. Numbers lie
// in files, little-endian as on this machine. Every op computes in the float type of its arguments.

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <map>
#include <numeric>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

// ------------------------------------------------------------------------------------------------------------- JSON

struct Json {
  std::string text;                    // of a string, or the word true, false or null
  double number = 0;                   // of a number; 1 for true
  std::vector<Json> items;             // of an array
  std::map<std::string, Json> fields;  // of an object

  const Json& at(const std::string& name) const {
    auto found = fields.find(name);
    if (found == fields.end()) throw std::runtime_error("expected a field " + name);
    return found->second;
  }
};

class Reader {
 public:
  explicit Reader(const std::string& line) : at_(line.c_str()) {}

  Json value() {
    Json found;
    const char first = next();
    if (first == '{') {
      for (++at_; next() != '}'; skip(',')) {
        std::string name = string();
        skip(':');
        found.fields[name] = value();
      }
      ++at_;
    } else if (first == '[') {
      for (++at_; next() != ']'; skip(',')) found.items.push_back(value());
      ++at_;
    } else if (first == '"') {
      found.text = string();
    } else if (std::isalpha(static_cast<unsigned char>(first))) {
      while (std::isalpha(static_cast<unsigned char>(*at_))) found.text += *at_++;
      found.number = found.text == "true";
    } else {
      char* end;
      found.number = std::strtod(at_, &end);
      if (end == at_) throw std::runtime_error("expected JSON, got " + std::string(at_).substr(0, 20));
      at_ = end;
    }
    return found;
  }

 private:
  char next() {
    while (*at_ == ' ') ++at_;
    if (*at_ == '\0') throw std::runtime_error("the line ends too early");
    return *at_;
  }
  void skip(char mark) {
    if (next() == mark) ++at_;
  }
  // In names and paths the suite escapes nothing but quotes and backslashes.
  std::string string() {
    if (next() != '"') throw std::runtime_error("expected a string, got " + std::string(at_).substr(0, 20));
    std::string found;
    for (++at_; *at_ != '"'; ++at_) {
      if (*at_ == '\\') ++at_;
      if (*at_ == '\0') throw std::runtime_error("a string has no end");
      found += *at_;
    }
    ++at_;
    return found;
  }
  const char* at_;
};

// ---------------------------------------------------------------------------------------------------------- tensors

using Shape = std::vector<size_t>;

template <class T>
struct Tensor {
  Shape shape;
  std::vector<T> data;

  explicit Tensor(Shape s) : shape(std::move(s)), data(size(shape)) {}
  static size_t size(const Shape& shape) {
    size_t count = 1;
    for (size_t n : shape) count *= n;
    return count;
  }
  size_t dim(size_t axis) const { return shape.at(axis); }
};

template <class T, class Stored>
Tensor<T> stored_as(std::ifstream& file, const Shape& shape) {
  std::vector<Stored> raw(Tensor<T>::size(shape));
  file.read(reinterpret_cast<char*>(raw.data()), raw.size() * sizeof(Stored));
  if (!file) throw std::runtime_error("a file of a tensor is too short");
  Tensor<T> tensor(shape);
  std::copy(raw.begin(), raw.end(), tensor.data.begin());
  return tensor;
}

template <class T>
Tensor<T> read(const Json& described) {
  Shape shape;
  for (const Json& n : described.at("shape").items) shape.push_back(static_cast<size_t>(n.number));
  std::ifstream file(described.at("path").text, std::ios::binary);
  const std::string& dtype = described.at("dtype").text;
  if (dtype == "float32") return stored_as<T, float>(file, shape);
  if (dtype == "float64") return stored_as<T, double>(file, shape);
  if (dtype == "int64") return stored_as<T, int64_t>(file, shape);
  if (dtype == "bool") return stored_as<T, uint8_t>(file, shape);
  throw std::runtime_error("expected another dtype than " + dtype);
}

using Flags = Tensor<uint8_t>;
using Indices = Tensor<int64_t>;

struct Results {
  std::string folder, json;

  template <class T>
  void add(const std::string& name, const Tensor<T>& tensor) {
    std::ofstream file(folder + "/" + name + ".out", std::ios::binary);
    file.write(reinterpret_cast<const char*>(tensor.data.data()), tensor.data.size() * sizeof(T));
    std::ostringstream out;
    out << (json.empty() ? "" : ", ") << '"' << name << "\": {\"dtype\": \"" << dtype(T()) << "\", \"shape\": [";
    for (size_t i = 0; i < tensor.shape.size(); ++i) out << (i ? ", " : "") << tensor.shape[i];
    out << "], \"path\": \"" << name << ".out\"}";
    json += out.str();
  }

 private:
  static const char* dtype(float) { return "float32"; }
  static const char* dtype(double) { return "float64"; }
  static const char* dtype(int64_t) { return "int64"; }
  static const char* dtype(uint8_t) { return "bool"; }
};

// -------------------------------------------------------------------------------------------------------------- ops

struct Dialect {
  size_t num_classes, reg_max, topk;
  double alpha, beta, iou_eps, inside_eps, norm_eps, min_gt_side;
  bool claims_inside;
  std::vector<double> strides;

  explicit Dialect(const Json& said)
      : num_classes(said.at("num_classes").number),
        reg_max(said.at("reg_max").number),
        topk(said.at("topk").number),
        alpha(said.at("alpha").number),
        beta(said.at("beta").number),
        iou_eps(said.at("iou_eps").number),
        inside_eps(said.at("inside_eps").number),
        norm_eps(said.at("norm_eps").number),
        min_gt_side(said.at("min_gt_side").number),
        claims_inside(said.at("claims_inside").number) {
    for (const Json& stride : said.at("strides").items) strides.push_back(stride.number);
  }
};

template <class T>
struct Head {
  const Dialect& dialect;
  const T eps = static_cast<T>(dialect.iou_eps);

  // Cell centres, levels as given, then y, then x; and the stride of each.
  std::pair<Tensor<T>, Tensor<T>> make_anchors(const std::vector<Json>& feature_shapes) const {
    Tensor<T> points({0, 2}), strides({0, 1});
    for (size_t level = 0; level < feature_shapes.size(); ++level) {
      const double height = feature_shapes[level].items.at(0).number, width = feature_shapes[level].items.at(1).number;
      for (int y = 0; y < height; ++y) {
        for (int x = 0; x < width; ++x) {
          points.data.insert(points.data.end(), {x + T(0.5), y + T(0.5)});
          strides.data.push_back(static_cast<T>(dialect.strides.at(level)));
        }
      }
    }
    points.shape[0] = strides.shape[0] = strides.data.size();
    return {points, strides};
  }

  // box = (x - l, y - t, x + r, y + b)
  Tensor<T> dist2bbox(Tensor<T> distance, const Tensor<T>& points) const {
    for (size_t i = 0; i < distance.data.size(); ++i) {
      const T centre = points.data[i / 4 % points.dim(0) * 2 + i % 2];
      distance.data[i] = i % 4 < 2 ? centre - distance.data[i] : centre + distance.data[i];
    }
    return distance;
  }

  // A distance is the mean of the bins under the softmax of their logits.
  Tensor<T> decode_boxes(const Tensor<T>& logits, const Tensor<T>& points) const {
    Tensor<T> distance({logits.dim(0), logits.dim(1), 4});
    for (size_t side = 0; side < distance.data.size(); ++side) {
      distance.data[side] = expected(logits.data.data() + side * dialect.reg_max, 1);
    }
    return dist2bbox(distance, points);
  }

  // I / (w1 h1 + w2 h2 - I + eps); heights are larger by eps.
  T iou(const T* a, const T* b) const {
    const T shared = std::max(std::min(a[2], b[2]) - std::max(a[0], b[0]), T(0)) *
                     std::max(std::min(a[3], b[3]) - std::max(a[1], b[1]), T(0));
    const T areas = (a[2] - a[0]) * (a[3] - a[1] + eps) + (b[2] - b[0]) * (b[3] - b[1] + eps);
    return shared / (areas - shared + eps);
  }

  // IoU - rho^2 / c^2 - v^2 / (1 - IoU + v + eps), v = (2/pi (atan w2/h2 - atan w1/h1))^2
  T ciou(const T* a, const T* b) const {
    const T value = iou(a, b);
    const T across = (a[0] + a[2] - b[0] - b[2]) / 2, down = (a[1] + a[3] - b[1] - b[3]) / 2;
    const T width = std::max(a[2], b[2]) - std::min(a[0], b[0]), height = std::max(a[3], b[3]) - std::min(a[1], b[1]);
    const T apart = (across * across + down * down) / (width * width + height * height + eps);
    const T turn = std::atan((b[2] - b[0]) / (b[3] - b[1] + eps)) - std::atan((a[2] - a[0]) / (a[3] - a[1] + eps));
    const T half = turn * static_cast<T>(2 / 3.14159265358979323846), v = half * half;
    return value - apart - v * (v / (1 - value + v + eps));
  }

  Tensor<T> each(T (Head::*overlap)(const T*, const T*) const, const Tensor<T>& boxes1, const Tensor<T>& boxes2) const {
    Tensor<T> values({boxes1.dim(0)});
    for (size_t n = 0; n < values.data.size(); ++n) {
      values.data[n] = (this->*overlap)(&boxes1.data[4 * n], &boxes2.data[4 * n]);
    }
    return values;
  }

  // Nearest edge farther than inside_eps; sides shorter than min_gt_side are first widened to it.
  Flags candidates_in_gts(const Tensor<T>& points, const Tensor<T>& gts, const Flags& mask_gt) const {
    const size_t anchors = points.dim(0), rows = mask_gt.data.size();
    const T least = static_cast<T>(dialect.min_gt_side);
    Flags inside({gts.dim(0), gts.dim(1), anchors});
    for (size_t row = 0; row < rows; ++row) {
      T box[4];
      for (size_t i = 0; i < 2; ++i) {
        const T start = gts.data[4 * row + i], end = gts.data[4 * row + i + 2];
        const bool widen = least > 0 && end - start < least;
        box[i] = widen ? (start + end) / 2 - least / 2 : start;
        box[i + 2] = widen ? (start + end) / 2 + least / 2 : end;
      }
      for (size_t a = 0; a < anchors; ++a) {
        const T x = points.data[2 * a], y = points.data[2 * a + 1];
        const T nearest = std::min(std::min(x - box[0], y - box[1]), std::min(box[2] - x, box[3] - y));
        inside.data[row * anchors + a] = mask_gt.data[row] && nearest > static_cast<T>(dialect.inside_eps);
      }
    }
    return inside;
  }

  // u = max(0, CIoU), t = s^alpha u^beta, both 0 off the mask
  std::pair<Tensor<T>, Tensor<T>> alignment_metric(const Tensor<T>& scores, const Tensor<T>& boxes, const Indices& labels,
                                                   const Tensor<T>& gts, const Flags& mask) const {
    Tensor<T> metric(mask.shape), overlaps(mask.shape);
    const size_t rows = mask.dim(1), anchors = mask.dim(2);
    for (size_t i = 0; i < mask.data.size(); ++i) {
      if (!mask.data[i]) continue;
      const size_t row = i / anchors, anchor = row / rows * anchors + i % anchors;
      const T s = scores.data[anchor * scores.dim(2) + labels.data[row]];
      const T u = std::max(ciou(&gts.data[4 * row], &boxes.data[4 * anchor]), T(0));
      overlaps.data[i] = u;
      metric.data[i] = std::pow(s, static_cast<T>(dialect.alpha)) * std::pow(u, static_cast<T>(dialect.beta));
    }
    return {metric, overlaps};
  }

  // The k best anchors of each ground truth, zero or not; of equal ones the first.
  Flags select_topk(const Tensor<T>& metric, const Flags& mask_gt) const {
    Flags claimed(metric.shape);
    const size_t anchors = metric.dim(2);
    for (size_t row = 0; row < mask_gt.data.size(); ++row) {
      const T* t = metric.data.data() + row * anchors;
      uint8_t* taken = claimed.data.data() + row * anchors;
      for (size_t k = 0; mask_gt.data[row] && k < std::min(dialect.topk, anchors); ++k) {
        size_t best = anchors;
        for (size_t a = 0; a < anchors; ++a) {
          if (!taken[a] && (best == anchors || t[a] > t[best])) best = a;
        }
        taken[best] = 1;
      }
    }
    return claimed;
  }

  struct Owners {
    Indices owner;
    Flags foreground, owned;
  };

  // An anchor claimed more than once goes to the ground truth, of all, that it overlaps most.
  Owners resolve_conflicts(const Flags& claimed, const Tensor<T>& overlaps) const {
    const size_t images = claimed.dim(0), rows = claimed.dim(1), anchors = claimed.dim(2);
    Owners found{Indices({images, anchors}), Flags({images, anchors}), Flags(claimed.shape)};
    for (size_t i = 0; i < images * anchors; ++i) {
      const auto at = [&](size_t g) { return (i / anchors * rows + g) * anchors + i % anchors; };
      size_t claims = 0, claimant = 0, best = 0;
      for (size_t g = 0; g < rows; ++g) {
        if (claimed.data[at(g)]) ++claims, claimant = g;
        if (overlaps.data[at(g)] > overlaps.data[at(best)]) best = g;
      }
      const size_t owner = claims > 1 ? best : claimant;
      found.owner.data[i] = owner;
      found.foreground.data[i] = claims > 0;
      if (claims) found.owned.data[at(owner)] = 1;
    }
    return found;
  }

  void assign(const Tensor<T>& scores, const Tensor<T>& boxes, const Tensor<T>& points, const Indices& labels,
              const Tensor<T>& gts, const Flags& mask_gt, Results& results) const {
    const size_t images = gts.dim(0), rows = gts.dim(1), anchors = points.dim(0), classes = dialect.num_classes;
    const Flags inside = candidates_in_gts(points, gts, mask_gt);
    const auto [metric, overlaps] = alignment_metric(scores, boxes, labels, gts, inside);
    Flags claimed = select_topk(metric, mask_gt);
    for (size_t i = 0; dialect.claims_inside && i < claimed.data.size(); ++i) claimed.data[i] &= inside.data[i];
    const Owners owners = resolve_conflicts(claimed, overlaps);

    Indices target_labels({images, anchors});
    Tensor<T> target_bboxes({images, anchors, 4}), target_scores({images, anchors, classes});
    for (size_t i = 0; i < images * anchors; ++i) {
      if (!owners.foreground.data[i]) continue;
      const size_t row = i / anchors * rows + owners.owner.data[i];
      target_labels.data[i] = labels.data[row];
      std::copy_n(&gts.data[4 * row], 4, &target_bboxes.data[4 * i]);
    }
    // score = t max u / (max t + norm_eps), the maxima over what the ground truth owns
    for (size_t row = 0; row < images * rows; ++row) {
      T most_t = 0, most_u = 0;
      const size_t first = row * anchors;
      for (size_t i = first; i < first + anchors; ++i) {
        if (owners.owned.data[i]) most_t = std::max(most_t, metric.data[i]), most_u = std::max(most_u, overlaps.data[i]);
      }
      for (size_t i = first; i < first + anchors; ++i) {
        const size_t anchor = row / rows * anchors + i - first;
        if (!owners.owned.data[i]) continue;
        target_scores.data[anchor * classes + labels.data[row]] =
            metric.data[i] * (most_u / (most_t + static_cast<T>(dialect.norm_eps)));
      }
    }
    results.add("target_labels", target_labels);
    results.add("target_bboxes", target_bboxes);
    results.add("target_scores", target_scores);
    results.add("fg_mask", owners.foreground);
    results.add("target_gt_idx", owners.owner);
  }

  // The mean of the bins under the softmax of their logits, which lie `step` apart.
  T expected(const T* logits, size_t step) const {
    T largest = logits[0], weight = 0, moment = 0;
    for (size_t i = 1; i < dialect.reg_max; ++i) largest = std::max(largest, logits[i * step]);
    for (size_t i = 0; i < dialect.reg_max; ++i) {
      const T w = std::exp(logits[i * step] - largest);
      weight += w, moment += w * static_cast<T>(i);
    }
    return moment / weight;
  }

  // What an exported model answers: centre and size of each box in px, then the probability of each class.
  Tensor<T> predict(const std::vector<Tensor<T>>& maps) const {
    const size_t images = maps.at(0).dim(0), bins = 4 * dialect.reg_max, rows = 4 + dialect.num_classes;
    size_t anchors = 0, first = 0;
    for (const Tensor<T>& map : maps) anchors += map.dim(2) * map.dim(3);
    Tensor<T> prediction({images, rows, anchors});
    for (size_t level = 0; level < maps.size(); ++level) {
      const size_t width = maps[level].dim(3), cells = maps[level].dim(2) * width;
      const T stride = static_cast<T>(dialect.strides.at(level));
      for (size_t i = 0; i < images * cells; ++i) {
        const size_t image = i / cells, cell = i % cells;
        const T* logits = &maps[level].data[image * maps[level].dim(1) * cells + cell];
        T* column = &prediction.data[image * rows * anchors + first + cell];
        for (size_t axis = 0; axis < 2; ++axis) {
          const T before = expected(logits + axis * dialect.reg_max * cells, cells);
          const T after = expected(logits + (axis + 2) * dialect.reg_max * cells, cells);
          const T centre = (axis ? cell / width : cell % width) + T(0.5);
          column[axis * anchors] = (centre + (after - before) / 2) * stride;
          column[(axis + 2) * anchors] = (before + after) * stride;
        }
        for (size_t c = 0; c < dialect.num_classes; ++c) {
          column[(4 + c) * anchors] = 1 / (1 + std::exp(-logits[(bins + c) * cells]));
        }
      }
      first += cells;
    }
    return prediction;
  }

  // The best box stays and drops those it overlaps by more than the threshold; then the best of the rest.
  Indices nms(const Tensor<T>& boxes, const Tensor<T>& scores, double threshold) const {
    Indices order({scores.data.size()}), kept({0});
    std::iota(order.data.begin(), order.data.end(), 0);
    std::stable_sort(order.data.begin(), order.data.end(),
                     [&](int64_t a, int64_t b) { return scores.data[a] > scores.data[b]; });
    for (int64_t r : order.data) {
      const T* box = &boxes.data[4 * r];
      const auto drops = [&](int64_t k) { return overlap(&boxes.data[4 * k], box) > threshold; };
      if (std::none_of(kept.data.begin(), kept.data.end(), drops)) kept.data.push_back(r);
    }
    kept.shape[0] = kept.data.size();
    return kept;
  }

  // I / (w1 h1 + w2 h2 - I), NaN for 0 / 0.
  T overlap(const T* a, const T* b) const {
    const T shared = std::max(std::min(a[2], b[2]) - std::max(a[0], b[0]), T(0)) *
                     std::max(std::min(a[3], b[3]) - std::max(a[1], b[1]), T(0));
    return shared / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - shared);
  }

  // Runs an op by name; false if there is none.
  bool run(const std::string& op, const Json& request, Results& results) const {
    const auto floats = [&](const char* name) { return read<T>(request.at("tensors").at(name)); };
    const auto flags = [&](const char* name) { return read<uint8_t>(request.at("tensors").at(name)); };
    const auto indices = [&](const char* name) { return read<int64_t>(request.at("tensors").at(name)); };
    if (op == "make_anchors") {
      const auto [points, strides] = make_anchors(request.at("values").at("feature_shapes").items);
      results.add("anchor_points", points), results.add("stride_tensor", strides);
    } else if (op == "dist2bbox") {
      results.add("boxes", dist2bbox(floats("distance"), floats("anchor_points")));
    } else if (op == "decode_boxes") {
      results.add("boxes", decode_boxes(floats("pred_dist"), floats("anchor_points")));
    } else if (op == "iou") {
      results.add("values", each(&Head::iou, floats("boxes1"), floats("boxes2")));
    } else if (op == "ciou") {
      results.add("values", each(&Head::ciou, floats("boxes1"), floats("boxes2")));
    } else if (op == "candidates_in_gts") {
      results.add("inside", candidates_in_gts(floats("anchor_points"), floats("gt_bboxes"), flags("mask_gt")));
    } else if (op == "alignment_metric") {
      const auto [metric, overlaps] = alignment_metric(floats("pd_scores"), floats("pd_bboxes"), indices("gt_labels"),
                                                       floats("gt_bboxes"), flags("mask"));
      results.add("metric", metric), results.add("overlaps", overlaps);
    } else if (op == "select_topk") {
      results.add("claimed", select_topk(floats("metric"), flags("mask_gt")));
    } else if (op == "resolve_conflicts") {
      const Owners found = resolve_conflicts(flags("mask_pos"), floats("overlaps"));
      results.add("target_gt_idx", found.owner), results.add("fg_mask", found.foreground);
      results.add("mask_pos", found.owned);
    } else if (op == "assign") {
      assign(floats("pd_scores"), floats("pd_bboxes"), floats("anchor_points"), indices("gt_labels"),
             floats("gt_bboxes"), flags("mask_gt"), results);
    } else if (op == "predict") {
      std::vector<Tensor<T>> maps;
      for (const Json& map : request.at("tensors").at("feature_maps").items) maps.push_back(read<T>(map));
      results.add("prediction", predict(maps));
    } else if (op == "nms") {
      results.add("keep", nms(floats("boxes"), floats("scores"), request.at("values").at("iou_threshold").number));
    } else {
      return false;
    }
    return true;
  }
};

// --------------------------------------------------------------------------------------------------------- protocol

const char* kCapabilities =
    "\"type\": \"result\", \"protocol\": 1, \"framework\": \"C++\", \"ops\": [\"make_anchors\", \"dist2bbox\", "
    "\"decode_boxes\", \"iou\", \"ciou\", \"candidates_in_gts\", \"alignment_metric\", \"select_topk\", "
    "\"resolve_conflicts\", \"assign\", \"predict\", \"nms\"]";

// The fields of the reply, but for its id.
std::string answer(const Json& request, std::string& folder) {
  if (request.at("type").text == "start") {
    folder = request.at("scratch").text;
    return kCapabilities;
  }
  Results results{folder, ""};
  const Dialect dialect(request.at("dialect"));
  const std::string& op = request.at("op").text;
  bool single = false;
  for (const auto& tensor : request.at("tensors").fields) {
    const Json& first = tensor.second.items.empty() ? tensor.second : tensor.second.items[0];
    single |= first.at("dtype").text == "float32";
  }
  const bool known = single ? Head<float>{dialect}.run(op, request, results) : Head<double>{dialect}.run(op, request, results);
  if (!known) return "\"type\": \"unsupported\", \"reason\": \"no such op\"";
  return "\"type\": \"result\", \"tensors\": {" + results.json + "}";
}

int main() {
  std::string line, folder;
  while (std::getline(std::cin, line)) {
    const Json request = Reader(line).value();
    if (request.at("type").text == "stop") break;
    std::string said;
    try {
      said = answer(request, folder);
    } catch (const std::exception& error) {
      std::cerr << error.what() << std::endl;
      said = "\"type\": \"error\", \"message\": \"an exception, see stderr\"";
    }
    std::cout << "{\"id\": " << static_cast<long>(request.at("id").number) << ", " << said << "}" << std::endl;
  }
}
