# make demo: everything from a bare Debian machine to pictures. make test: what continuous integration runs.

SWIFT ?= swift
SOURCES = Package.swift Sources Tests Docs Benchmarks/Package.swift Benchmarks/Sources Benchmarks/Benchmarks
# Tests run optimized: debug builds compile C without optimization, and the reference backend is slow enough.
TEST_FLAGS = -c release -Xswiftc -enable-testing

.PHONY: all install demo test interrupt sanitize verify emulate fuzz fuzz-records kernel-table traffic lint format example light docs bench \
  peers gpu gpu-test packages clean

all: packages
	$(SWIFT) build -c release --product cajal
	$(SWIFT) build -c release --product generate-manual
	mkdir -p .build/manual
	.build/release/generate-manual .build/release/cajal --output-directory .build/manual
	.build/release/cajal --generate-completion-script bash >.build/manual/cajal.bash
	.build/release/cajal --generate-completion-script zsh >.build/manual/_cajal
	.build/release/cajal --generate-completion-script fish >.build/manual/cajal.fish

demo: packages
	$(SWIFT) build -c release --product cajal
	.build/release/cajal demo

# Reports and event files are also looked at in Chromium and TensorBoard where there are some: see .ci/install-viewers.
# Built by name: --build-tests would build the tools of every dependency too, a protobuf compiler among them.
test: packages
	$(SWIFT) build --product cajal $(TEST_FLAGS)
	$(SWIFT) build --product ShapeMismatch $(TEST_FLAGS)
	$(SWIFT) build --product CajalPackageTests $(TEST_FLAGS)
	$(SWIFT) test --skip-build $(TEST_FLAGS) --skip $(SERVER_TESTS)
	$(SWIFT) test --skip-build $(TEST_FLAGS) --filter $(SERVER_TESTS)

# By themselves: other tests occupy all threads while they wait for a process, so that the server cannot answer, and
# URLSession uses a whole core while it waits for an answer.
SERVER_TESTS = 'AllenBrainAtlasTests|DownloadLimitTests|sectionsAreDownloadedOnceAndCut|theOptionIsForDownloadsToo'

# Kills upsample at fifty random moments and looks at what it leaves; some minutes.
TRIES ?= 50
interrupt: packages
	$(SWIFT) build -c release --product cajal
	Tests/Interruption/upsample .build/release/cajal $(TRIES)

# The kernels of processors and of CUDA under the address and undefined-behavior sanitizers, and training and decoding on two threads
# under the thread sanitizer, all on small shapes; some minutes.
sanitize: packages
	Tests/Emulation/emulate sanitized
	SWIFT="$(SWIFT)" Tests/Sanitizers/kernels
	$(SWIFT) build --product cajal $(TEST_FLAGS)
	$(SWIFT) build -c release --sanitize=thread --product cajal --scratch-path .build/thread
	Tests/Sanitizers/races .build/release/cajal .build/thread/release/cajal

# Replays the numbers that tensor2tensor computed, with every instruction set that this machine has. Their folder is not
# part of the repository.
FIXTURES ?= ../shared/t2t
verify: packages
	@test -d "$(FIXTURES)" || { echo "make verify: there is no folder $(FIXTURES); name it: make verify FIXTURES=DIR"; exit 1; }
	$(SWIFT) build -c release --product cajal
	@for level in scalar avx2 avx512; do \
	  if CAJAL_ISA=$$level .build/release/cajal info >/dev/null 2>&1; then \
	    echo "== $$level"; CAJAL_ISA=$$level .build/release/cajal verify "$(FIXTURES)" || exit 1; \
	  else echo "== $$level: not on this machine"; fi; \
	done

# Runs the AVX-512 kernels on a machine without AVX-512, in an emulated processor; some minutes.
emulate:
	Tests/Emulation/emulate avx512

# Changes pictures at random and decodes them under the sanitizers, a minute in all; for more, see the script. A line says
# how often when nothing is found. SEED=1 makes the same changes each time.
fuzz: packages
	@Tests/Fuzzing/fuzz

# The same for shards: as many damaged ones as MUTATIONS says, read under the address sanitizer. The build takes long.
MUTATIONS ?= 200000
fuzz-records: packages
	$(SWIFT) build --sanitize=address --product CajalPackageTests $(TEST_FLAGS) --scratch-path .build/address
	CAJAL_MUTATIONS=$(MUTATIONS) $(SWIFT) test --skip-build --sanitize=address $(TEST_FLAGS) \
	  --scratch-path .build/address --filter MutationTests

# Writes the table again of what the kernels occupy, with the compiler that .ci/install-nvrtc installs.
kernel-table: packages
	$(SWIFT) build --product CajalPackageTests -Xcc -O2
	CAJAL_RENEW_KERNEL_TABLE=1 CAJAL_CUDA_LIBRARY_PATH=$$(.ci/install-nvrtc) \
	  $(SWIFT) test --skip-build -Xcc -O2 --filter CompilerTests
	git diff --stat Tests/CajalCUDATests/kernel-resources.csv

# Prints what each kernel reads and writes of device memory in a training step, beside the least: see Docs/performance.md.
traffic: packages
	$(SWIFT) build --product CajalPackageTests -Xcc -O2
	CAJAL_TRAFFIC_LIBRARY=$$(Tests/Traffic/build) $(SWIFT) test --skip-build -Xcc -O2 --filter TrafficTests

lint:
	$(SWIFT) format lint --strict --recursive --parallel $(SOURCES)

format:
	$(SWIFT) format --in-place --recursive --parallel $(SOURCES)

# A package of its own that depends on this one, as a user's would. One of its programs is the README's listing, and
# another the tutorial's listings in order, blank lines aside.
example: packages
	sed -n '/^```swift$$/,/^```$$/p' README.md | sed '1d;$$d' | diff - Docs/Example/Sources/FirstRun/main.swift
	sed -n '/^```swift$$/,/^```$$/{/^```/d;p}' Docs/tutorial.md | diff -B - Docs/Example/Sources/Signals/main.swift
	$(SWIFT) build --package-path Docs/Example -c release
	$(SWIFT) run --package-path Docs/Example -c release --skip-build Example
	$(SWIFT) run --package-path Docs/Example -c release --skip-build OwnModel
	$(SWIFT) run --package-path Docs/Example -c release --skip-build Signals

# What a client gets that leaves out data sets of pictures: none of their dependencies is built.
light: packages
	$(SWIFT) build --target Cajal --disable-default-traits --scratch-path .build/light
	@! ls .build/light/debug/SwiftProtobuf.build/*.o .build/light/debug/ArgumentParser.build/*.o 2>/dev/null \
	  || { echo "make light: a dependency was built that is not needed"; exit 1; }

# The documentation of all public modules, with warnings as errors; then checks that every public symbol has a comment and
# that the listings of the catalogs compile. The plugin is downloaded for this alone.
DOCUMENTED = Cajal CajalTensor CajalCUDA CajalAutodiff CajalOptimizers CajalLayers CajalTraining CajalLogging CajalReports CajalModels \
  CajalProblems CajalImages AllenBrainAtlas
docs: packages
	CAJAL_DOCS=1 $(SWIFT) package --scratch-path .build/docs generate-documentation --warnings-as-errors \
	  $(DOCUMENTED:%=--target %)
	.ci/check-documentation .build/docs
	@echo "The documentation is in .build/docs/plugins/Swift-DocC/outputs, an archive per module."

# Ours and PyTorch in turn, where there is PyTorch; some forty minutes on two cores. Writes the tables of Docs/performance.md.
bench: packages
	$(SWIFT) build --package-path Benchmarks -c release --product throughput
	Benchmarks/.build/release/throughput compare --output Docs/performance.md

# PyTorch to compare with, in an environment of its own, from the package index that pip is set up for.
PEERS = Benchmarks/peers/.venv
peers:
	python3 -m venv $(PEERS)
	$(PEERS)/bin/pip install -r Benchmarks/peers/requirements.txt

# An archive that checks and measures a GPU on a machine with NVIDIA's driver and without Swift: see Docs/cuda.md. The
# cases of tensor2tensor are packed where their folder is there.
gpu: packages
	Benchmarks/gpu/build .build/gpu "$(FIXTURES)"

# The check's own tests, with stand-ins for a GPU's programs; seconds.
gpu-test:
	python3 -B Benchmarks/gpu/test_check.py

# Puts the command on the path, with its manual page and what shells complete: make install PREFIX=$HOME/.local. It installs
# what make has built, since root may not have the toolchain, whose libraries have to stay where they are.
PREFIX ?= /usr/local
SHARE = $(DESTDIR)$(PREFIX)/share
install:
	@test -x .build/release/cajal -a -f .build/manual/cajal.fish || $(MAKE) all
	install -D -m 755 .build/release/cajal "$(DESTDIR)$(PREFIX)/bin/cajal"
	install -D -m 644 .build/manual/cajal.1 "$(SHARE)/man/man1/cajal.1"
	install -D -m 644 .build/manual/cajal.bash "$(SHARE)/bash-completion/completions/cajal"
	install -D -m 644 .build/manual/_cajal "$(SHARE)/zsh/site-functions/_cajal"
	install -D -m 644 .build/manual/cajal.fish "$(SHARE)/fish/vendor_completions.d/cajal.fish"

packages:
	@sh .ci/install-packages

clean:
	rm -rf .build Docs/Example/.build Benchmarks/.build
