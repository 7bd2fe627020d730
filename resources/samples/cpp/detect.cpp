// Finds parts in pictures or a camera's pictures, with ONNX Runtime; OpenCV reads them.
//
//   detect picture.jpg                a picture
//   detect folder                     a folder of pictures
//   detect --camera 0                 a camera
//   detect --tiles large.jpg          in tiles, for small parts
//
// It needs model-with-detections.onnx and labels.txt of the package, in the current folder: the model itself drops what
// is below the threshold and what overlaps.
#include <onnxruntime_cxx_api.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <opencv2/videoio.hpp>
#include <string>
#include <vector>

namespace fs = std::filesystem;

struct Part {
  std::string label;
  float score, x1, y1, x2, y2;
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
  }

  // Parts in one view of a picture (BGR, as OpenCV reads it), in pixels of the picture.
  std::vector<Part> look(const cv::Mat& picture, const cv::Rect& view) {
    cv::Mat small;
    // Where it shrinks, all pixels count, as in training; OpenCV's INTER_LINEAR would skip some.
    const bool shrinks = view.width > width_ || view.height > height_;
    cv::resize(picture(view), small, {width_, height_}, 0, 0, shrinks ? cv::INTER_AREA : cv::INTER_LINEAR);
    std::vector<float> pixels(3u * width_ * height_);
    for (int y = 0; y < height_; y++)
      for (int x = 0; x < width_; x++)
        for (int channel = 0; channel < 3; channel++)
          pixels[(channel * height_ + y) * width_ + x] = small.at<cv::Vec3b>(y, x)[2 - channel];

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

  cv::Size size() const { return {width_, height_}; }

 private:
  Ort::Env environment_{ORT_LOGGING_LEVEL_WARNING, "lineside"};
  Ort::Session session_;
  Ort::MemoryInfo memory_ = Ort::MemoryInfo::CreateCpu(OrtArenaAllocator, OrtMemTypeDefault);
  std::vector<std::string> labels_;
  int width_ = 0, height_ = 0;
};

// Where tiles begin, so that they cover a length and overlap by a fifth of their side or more.
std::vector<int> starts(int length, int side) {
  if (length <= side) return {0};
  const int count = static_cast<int>(std::ceil((length - side) / (side * 0.8))) + 1;
  std::vector<int> result;
  for (int at = 0; at < count; at++)
    result.push_back(static_cast<int>(std::lround(double(at) * (length - side) / (count - 1))));
  return result;
}

float overlap(const Part& a, const Part& b) {
  const float width = std::min(a.x2, b.x2) - std::max(a.x1, b.x1), height = std::min(a.y2, b.y2) - std::max(a.y1, b.y1);
  const float shared = std::max(0.f, width) * std::max(0.f, height);
  return shared / ((a.x2 - a.x1) * (a.y2 - a.y1) + (b.x2 - b.x1) * (b.y2 - b.y1) - shared);
}

std::vector<Part> detect(Detector& detector, const cv::Mat& picture, bool tiles) {
  const cv::Rect whole(0, 0, picture.cols, picture.rows);
  auto found = detector.look(picture, whole);
  if (!tiles) return found;
  const cv::Size side(std::min(picture.cols, detector.size().width), std::min(picture.rows, detector.size().height));
  for (int y : starts(picture.rows, side.height))
    for (int x : starts(picture.cols, side.width))
      for (const auto& part : detector.look(picture, {{x, y}, side})) {
        // What a tile's border cuts off, the neighbouring tile shows whole.
        const float near_x = 0.01f * side.width, near_y = 0.01f * side.height;
        const bool cut = (x > 0 && part.x1 < x + near_x) || (y > 0 && part.y1 < y + near_y) ||
                         (x + side.width < picture.cols && part.x2 > x + side.width - near_x) ||
                         (y + side.height < picture.rows && part.y2 > y + side.height - near_y);
        if (!cut) found.push_back(part);
      }
  std::stable_sort(found.begin(), found.end(), [](const Part& a, const Part& b) { return a.score > b.score; });
  std::vector<Part> kept;
  for (const auto& part : found)
    if (std::none_of(kept.begin(), kept.end(),
                     [&](const Part& other) { return other.label == part.label && overlap(other, part) > 0.45f; }))
      kept.push_back(part);
  return kept;
}

void report(const std::string& name, const std::vector<Part>& parts) {
  std::printf("%s: %zu found\n", name.c_str(), parts.size());
  for (const auto& part : parts)
    std::printf("  %s %.0f %% at x %.0f, y %.0f, %.0f × %.0f\n", part.label.c_str(), 100 * part.score, part.x1, part.y1,
                part.x2 - part.x1, part.y2 - part.y1);
  std::fflush(stdout);
}

int main(int count, char** words) {
  Detector detector;
  bool tiles = false;
  for (int at = 1; at < count; at++) {
    const std::string word = words[at];
    if (word == "--tiles") {
      tiles = true;
    } else if (word == "--camera" && at + 1 < count) {
      cv::VideoCapture camera(std::stoi(words[++at]));
      for (cv::Mat picture; camera.read(picture);) report("camera", detect(detector, picture, tiles));
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
        else report(file, detect(detector, picture, tiles));
      }
    }
  }
}
