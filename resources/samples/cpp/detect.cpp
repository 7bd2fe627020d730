// Finds parts in pictures or a camera's pictures, with ONNX Runtime; OpenCV reads them.
//
//   detect picture.jpg                a picture
//   detect folder                     a folder of pictures
//   detect --camera 0                 a camera
//   detect --tiles large.jpg          in tiles, for small parts
//   detect --json folder              one line for machines a picture
//
// It needs model-with-detections.onnx, labels.txt and settings.json of the package, in the current folder: the model itself
// drops what is below the threshold and what overlaps.
#include <onnxruntime_cxx_api.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/videoio.hpp>
#include <string>
#include <vector>

namespace fs = std::filesystem;

struct Part {
  std::string label;
  float score, x1, y1, x2, y2;
};

// Which pixels of a line, and how much of each, make up a pixel of a shorter or longer one.
struct Taps {
  int first;
  std::vector<float> weights;
};

// Bilinear, wider where it shrinks, so that all pixels count as in training; OpenCV's resize has no such way.
std::vector<Taps> taps(int length, int from, int extent, int outputs) {
  const double scale = double(extent) / outputs, support = std::max(1.0, scale);
  std::vector<Taps> result;
  for (int output = 0; output < outputs; output++) {
    const double centre = from + (output + 0.5) * scale;
    const int first = std::max(0, int(std::floor(centre - support)));
    const int end = std::min(length, int(std::ceil(centre + support)));
    std::vector<double> weights;
    double sum = 0;
    for (int at = first; at < end; at++) {
      weights.push_back(std::max(0.0, 1 - std::abs(at + 0.5 - centre) / support));
      sum += weights.back();
    }
    Taps pixel{first, {}};
    for (const double weight : weights) pixel.weights.push_back(float(weight / sum));
    result.push_back(pixel);
  }
  return result;
}

// A view of a picture (BGR, as OpenCV reads it), stretched to a size: [3, height, width], RGB, 0 to 255.
std::vector<float> shrink(const cv::Mat& picture, const cv::Rect& view, const cv::Size& size) {
  const auto across = taps(picture.cols, view.x, view.width, size.width);
  const auto down = taps(picture.rows, view.y, view.height, size.height);
  const int top = down.front().first, bottom = down.back().first + int(down.back().weights.size());
  std::vector<float> rows(size_t(bottom - top) * size.width * 3);
  for (int y = top; y < bottom; y++)
    for (int x = 0; x < size.width; x++)
      for (int channel = 0; channel < 3; channel++) {
        float sum = 0;
        for (size_t tap = 0; tap < across[x].weights.size(); tap++)
          sum += across[x].weights[tap] * picture.at<cv::Vec3b>(y, across[x].first + int(tap))[2 - channel];
        rows[(size_t(y - top) * size.width + x) * 3 + channel] = sum;
      }
  std::vector<float> pixels(3u * size.width * size.height);
  for (int y = 0; y < size.height; y++)
    for (int x = 0; x < size.width; x++)
      for (int channel = 0; channel < 3; channel++) {
        float sum = 0;
        for (size_t tap = 0; tap < down[y].weights.size(); tap++)
          sum += down[y].weights[tap] * rows[(size_t(down[y].first - top + int(tap)) * size.width + x) * 3 + channel];
        pixels[(size_t(channel) * size.height + y) * size.width + x] = std::floor(sum + 0.5f);
      }
  return pixels;
}

// How large pictures are cut into tiles.
struct Tiling {
  int width, height;
  double overlap;
  bool wholePicture;
};

class Detector {
 public:
  Detector()
      : session_(environment_, fs::path("model-with-detections.onnx").c_str(), Ort::SessionOptions{nullptr}) {
    std::ifstream names("labels.txt");
    for (std::string name; std::getline(names, name);) labels_.push_back(name);
    const auto shape = session_.GetInputTypeInfo(0).GetTensorTypeAndShapeInfo().GetShape();
    height_ = static_cast<int>(shape[2]);
    width_ = static_cast<int>(shape[3]);
    const cv::FileStorage settings("settings.json", cv::FileStorage::READ);
    overlap_ = static_cast<float>(double(settings["iouThreshold"]));
    const cv::FileNode tiling = settings["tiling"];
    isTiled_ = !tiling.empty();
    tiling_ = isTiled_ ? Tiling{int(tiling["width"]), int(tiling["height"]), double(tiling["overlap"]), isTrue(tiling["wholePicture"])}
                       : Tiling{width_, height_, 0.2, true};
  }

  // Parts in one view of a picture (BGR, as OpenCV reads it), in pixels of the picture.
  std::vector<Part> look(const cv::Mat& picture, const cv::Rect& view) {
    auto pixels = shrink(picture, view, {width_, height_});
    const std::vector<int64_t> shape{1, 3, height_, width_};
    const char* inputs[] = {"images"};
    const char* outputs[] = {"detectionBoxes", "detectionClasses", "detectionScores"};
    auto tensor = Ort::Value::CreateTensor<float>(memory_, pixels.data(), pixels.size(), shape.data(), shape.size());
    auto found = session_.Run(Ort::RunOptions{nullptr}, inputs, &tensor, 1, outputs, 3);
    const float* boxes = found[0].GetTensorData<float>();
    const int64_t* classes = found[1].GetTensorData<int64_t>();
    const float* scores = found[2].GetTensorData<float>();
    const auto count = found[2].GetTensorTypeAndShapeInfo().GetElementCount();

    std::vector<Part> parts;
    for (size_t at = 0; at < count; at++) {
      const float* box = boxes + 4 * at;
      parts.push_back({labels_.at(classes[at]), scores[at], view.x + box[0] * view.width, view.y + box[1] * view.height,
                       view.x + box[2] * view.width, view.y + box[3] * view.height});
    }
    return parts;
  }

  // The settings' own, or tiles of the detector's size; used unasked where the model was trained with tiles.
  const Tiling& tiling() const { return tiling_; }
  bool isTiled() const { return isTiled_; }
  // What overlaps by more, as a share of both, is one part.
  float overlap() const { return overlap_; }

 private:
  // OpenCV reads JSON's true as text in some versions, as a number in others.
  static bool isTrue(const cv::FileNode& node) { return node.isString() ? std::string(node) == "true" : int(node) != 0; }

  Ort::Env environment_{ORT_LOGGING_LEVEL_WARNING, "lineside"};
  Ort::Session session_;
  Ort::MemoryInfo memory_ = Ort::MemoryInfo::CreateCpu(OrtArenaAllocator, OrtMemTypeDefault);
  std::vector<std::string> labels_;
  int width_ = 0, height_ = 0;
  float overlap_ = 0;
  bool isTiled_ = false;
  Tiling tiling_{};
};

// Where tiles begin, so that they cover a length and overlap by that share of their side or more.
std::vector<int> starts(int length, int side, double share) {
  if (length <= side) return {0};
  const int count = static_cast<int>(std::ceil((length - side) / (side * (1 - share)))) + 1;
  std::vector<int> result;
  for (int at = 0; at < count; at++)
    result.push_back(static_cast<int>(std::floor(double(at) * (length - side) / (count - 1) + 0.5)));
  return result;
}

// The whole picture, or tiles of it.
std::vector<cv::Rect> viewsOf(const cv::Mat& picture, const Tiling* tiling) {
  const cv::Rect whole(0, 0, picture.cols, picture.rows);
  if (!tiling) return {whole};
  const cv::Size side(std::min(picture.cols, tiling->width), std::min(picture.rows, tiling->height));
  std::vector<cv::Rect> views;
  for (const int y : starts(picture.rows, tiling->height, tiling->overlap))
    for (const int x : starts(picture.cols, tiling->width, tiling->overlap)) views.emplace_back(cv::Point(x, y), side);
  if (views.size() > 1 && tiling->wholePicture) views.push_back(whole);
  return views;
}

float overlap(const Part& a, const Part& b) {
  const float width = std::min(a.x2, b.x2) - std::max(a.x1, b.x1), height = std::min(a.y2, b.y2) - std::max(a.y1, b.y1);
  const float shared = std::max(0.f, width) * std::max(0.f, height);
  return shared / ((a.x2 - a.x1) * (a.y2 - a.y1) + (b.x2 - b.x1) * (b.y2 - b.y1) - shared);
}

// Whether a part is cut off by a tile's border: the neighbouring tile shows it whole.
bool isCutOff(const Part& part, const cv::Rect& view, const cv::Mat& picture) {
  const float near_x = 0.01f * view.width, near_y = 0.01f * view.height;
  return (view.x > 0 && part.x1 < view.x + near_x) || (view.y > 0 && part.y1 < view.y + near_y) ||
         (view.br().x < picture.cols && part.x2 > view.br().x - near_x) ||
         (view.br().y < picture.rows && part.y2 > view.br().y - near_y);
}

std::vector<Part> detect(Detector& detector, const cv::Mat& picture, bool tiles) {
  const auto views = viewsOf(picture, tiles || detector.isTiled() ? &detector.tiling() : nullptr);
  std::vector<Part> found;
  for (const auto& view : views)
    for (const auto& part : detector.look(picture, view))
      if (views.size() == 1 || !isCutOff(part, view, picture)) found.push_back(part);
  if (views.size() == 1) return found;
  std::stable_sort(found.begin(), found.end(), [](const Part& a, const Part& b) { return a.score > b.score; });
  std::vector<Part> kept;
  for (const auto& part : found)
    if (std::none_of(kept.begin(), kept.end(), [&](const Part& better) {
          return better.label == part.label && overlap(better, part) > detector.overlap();
        }))
      kept.push_back(part);
  return kept;
}

// A text as JSON has it.
std::string quoted(const std::string& text) {
  std::string result = "\"";
  for (const char letter : text) {
    if (letter == '"' || letter == '\\') result += '\\';
    result += letter;
  }
  return result + '"';
}

void report(const std::string& name, const std::vector<Part>& parts, bool json) {
  if (json) {
    std::printf("{\"file\":%s,\"detections\":[", quoted(name).c_str());
    for (size_t at = 0; at < parts.size(); at++)
      std::printf("%s{\"label\":%s,\"score\":%.4f,\"x\":%.2f,\"y\":%.2f,\"width\":%.2f,\"height\":%.2f}", at ? "," : "",
                  quoted(parts[at].label).c_str(), parts[at].score, parts[at].x1, parts[at].y1,
                  parts[at].x2 - parts[at].x1, parts[at].y2 - parts[at].y1);
    std::printf("]}\n");
  } else {
    std::printf("%s: %zu found\n", name.c_str(), parts.size());
    for (const auto& part : parts)
      std::printf("  %s %.0f %% at x %.0f, y %.0f, %.0f × %.0f\n", part.label.c_str(), 100 * part.score, part.x1, part.y1,
                  part.x2 - part.x1, part.y2 - part.y1);
  }
  std::fflush(stdout);
}

int main(int count, char** words) {
  Detector detector;
  bool tiles = false, json = false;
  for (int at = 1; at < count; at++) {
    const std::string word = words[at];
    if (word == "--tiles") {
      tiles = true;
    } else if (word == "--json") {
      json = true;
    } else if (word == "--camera" && at + 1 < count) {
      cv::VideoCapture camera(std::stoi(words[++at]));
      for (cv::Mat picture; camera.read(picture);) report("camera", detect(detector, picture, tiles), json);
    } else {
      std::vector<std::string> files{word};
      if (fs::is_directory(word)) {
        files.clear();
        for (const auto& entry : fs::directory_iterator(word)) files.push_back(entry.path().string());
        std::sort(files.begin(), files.end());
      }
      for (const auto& file : files) {
        const cv::Mat picture = cv::imread(file, cv::IMREAD_COLOR);  // upright, by its EXIF
        if (picture.empty()) std::fprintf(stderr, "%s is not a picture\n", file.c_str());
        else report(file, detect(detector, picture, tiles), json);
      }
    }
  }
}
