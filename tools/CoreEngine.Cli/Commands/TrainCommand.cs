using System.CommandLine;
using System.Globalization;
using CoreEngine.Kernels;
using CoreEngine.Runtime;
using Spectre.Console;

namespace CoreEngine.Cli;

/// <summary><c>coreengine train</c>: trains a net on real images, shows how it goes and saves what comes out.</summary>
internal sealed class TrainCommand
{
    private readonly Option<string> _data = new("--data")
    {
        Description = "The images. digits are built in; fashion-mnist and mnist are read from IDX files.",
        DefaultValueFactory = _ => ImageDataset.Digits,
    };

    private readonly Option<string?> _folder = new("--data-dir")
    {
        Description = "Folder of the IDX files [default: /usr/share/datasets/NAME].",
        HelpName = "DIR",
    };

    private readonly Option<string> _model = new("--model")
    {
        Description = "The net.",
        DefaultValueFactory = _ => "lenet",
    };

    private readonly Option<int?> _epochs = Number<int?>("--epochs", "Passes over the images [default: 30, mnist 10].");
    private readonly Option<int?> _batch = Number<int?>("--batch", "Images per step [default: 32, mnist 64].");
    private readonly Option<string> _optimizer = new("--optimizer")
    {
        Description = "How weights follow their gradients.",
        DefaultValueFactory = _ => "sgd",
    };

    private readonly Option<double?> _rate = Number<double?>(
        "--lr",
        "First learning rate [default: sgd 0.05, adam 0.001]."
    );
    private readonly Option<int> _seed = new("--seed")
    {
        Description = "Seed of weights and order: same seed, same result.",
        HelpName = "N",
        DefaultValueFactory = _ => 0,
    };

    private readonly Option<string?> _engine = new("--engine")
    {
        Description = "The scheduler [default: COREENGINE_ENGINE, else ThreadedEngine].",
    };

    private readonly Option<int?> _threads = Number<int?>(
        "--threads",
        "Threads of one kernel [default: all processors]."
    );
    private readonly Option<string?> _output = new("--out", "-o")
    {
        Description = "Folder for the parameters and the curves; made when missing [default: nothing is saved].",
        HelpName = "DIR",
    };

    private readonly Option<double?> _required = Number<double?>(
        "--require-accuracy",
        "Exit code 1 when the final test accuracy is below this share, for example 0.97."
    );

    private readonly IAnsiConsole _console;

    private TrainCommand(IAnsiConsole console) => _console = console;

    public static Command Create(IAnsiConsole console)
    {
        var self = new TrainCommand(console);
        self._data.AcceptOnlyFromAmong(ImageDataset.Digits, ImageDataset.FashionMnist, ImageDataset.Mnist);
        self._model.AcceptOnlyFromAmong("lenet");
        self._optimizer.AcceptOnlyFromAmong("sgd", "adam");
        self._engine.AcceptOnlyFromAmong("ThreadedEngine", "NaiveEngine");
        MustBe(self._epochs, count => count >= 1, "at least 1");
        MustBe(self._batch, count => count >= 1, "at least 1");
        MustBe(self._threads, count => count is >= 1 and <= 1024, "from 1 to 1024");
        MustBe(self._rate, rate => rate > 0, "above zero");
        MustBe(self._required, share => share is >= 0 and <= 1, "a share from 0 to 1");
        var command = new Command(
            "train",
            "Train a net on real images. Ctrl-C stops after the current batch and saves what there is."
        )
        {
            self._data,
            self._folder,
            self._model,
            self._epochs,
            self._batch,
            self._optimizer,
            self._rate,
            self._seed,
            self._engine,
            self._threads,
            self._output,
            self._required,
        };
        command.SetAction((parsed, cancel) => Task.Run(() => self.Run(parsed, cancel), CancellationToken.None));
        return command;
    }

    private int Run(ParseResult parsed, CancellationToken cancellation)
    {
        ChooseEngine(parsed);
        string? folder = parsed.GetValue(_output);
        if (folder is not null)
        {
            // Found out now rather than after the training.
            Directory.CreateDirectory(folder);
        }

        string name = parsed.GetRequiredValue(_data);
        ImageDataset data = ImageDataset.Load(name, parsed.GetValue(_folder));
        TrainingSettings settings = Settings(parsed, isSmall: name == ImageDataset.Digits);
        RandomState.Seed((ulong)settings.Seed);
        using var net = new LeNet(data.Train.Height, data.Train.Width, ImageDataset.Classes);
        _console.WriteLine(
            $"Training lenet on {name}: {data.Train.Count} images {data.Train.Height}x{data.Train.Width}, "
                + $"{data.Test.Count} held out, batches of {settings.Batch}, {settings.OptimizerName}, "
                + $"learning rate {settings.LearningRate}, {Engine.Default.Options.Kind} engine, "
                + $"{KernelTeam.Default.Size} threads"
        );
        (bool complete, IReadOnlyList<EpochResult> history) = Train(data, net, settings, cancellation);
        if (folder is not null)
        {
            Save(folder, $"LeNet on {name}", net, history);
        }

        return Conclude(parsed.GetValue(_required), complete, history, settings.Epochs);
    }

    private (bool Complete, IReadOnlyList<EpochResult> History) Train(
        ImageDataset data,
        LeNet net,
        TrainingSettings settings,
        CancellationToken cancellation
    )
    {
        (bool, IReadOnlyList<EpochResult>) With(ITrainingDisplay display)
        {
            var run = new TrainingRun(data, net, settings, display);
            bool complete = run.Run(cancellation);
            return (complete, run.History);
        }

        return _console.Profile.Capabilities.Interactive && _console.Profile.Out.IsTerminal
            ? LiveDisplay.Run(_console, settings.Epochs, data.Train.Count, With)
            : With(new PlainDisplay(_console, settings.Epochs));
    }

    private void Save(string folder, string title, LeNet net, IReadOnlyList<EpochResult> history)
    {
        string parameters = Path.Combine(folder, "lenet.params");
        NDArray.Save(parameters, net.Parameters);
        var saved = new List<string> { parameters };
        if (history.Count > 0)
        {
            saved.AddRange(TrainingCurves.Save(folder, title, history));
            if (!TrainingCurves.HasFonts)
            {
                _console.WriteLine("No font is installed: the curves have no labels (Debian: fonts-dejavu-core).");
            }
        }

        _console.WriteLine($"Saved {string.Join(", ", saved)}");
    }

    private int Conclude(double? required, bool complete, IReadOnlyList<EpochResult> history, int epochs)
    {
        if (!complete)
        {
            _console.WriteLine($"Stopped by request after {history.Count} of {epochs} epochs.");
            return CommandHost.Interrupted;
        }

        EpochResult last = history[^1];
        _console.WriteLine($"Test accuracy {last.TestAccuracy:0.00%} after {last.Elapsed.TotalSeconds:0.0} s");
        if (required is { } least && last.TestAccuracy < least)
        {
            _console.WriteLine($"That is below the required {least:0.00%}.");
            return CommandHost.Failure;
        }

        return CommandHost.Success;
    }

    private TrainingSettings Settings(ParseResult parsed, bool isSmall)
    {
        string optimizer = parsed.GetRequiredValue(_optimizer);
        return new TrainingSettings
        {
            Epochs = parsed.GetValue(_epochs) ?? (isSmall ? 30 : 10),
            Batch = parsed.GetValue(_batch) ?? (isSmall ? 32 : 64),
            OptimizerName = optimizer,
            LearningRate = parsed.GetValue(_rate) ?? (optimizer == "adam" ? 0.001 : 0.05),
            Seed = parsed.GetValue(_seed),
        };
    }

    private void ChooseEngine(ParseResult parsed)
    {
        if (parsed.GetValue(_engine) is { } engine)
        {
            EngineKind kind = engine == "NaiveEngine" ? EngineKind.Naive : EngineKind.Threaded;
            Engine.Default = Engine.Create(EngineOptions.FromEnvironment() with { Kind = kind });
        }

        if (parsed.GetValue(_threads) is { } threads)
        {
            KernelTeam.Default = new KernelTeam(threads);
        }
    }

    private static Option<T> Number<T>(string name, string description) =>
        new(name) { Description = description, HelpName = "N" };

    /// <summary>Refuses values out of range; what is no number at all is refused by the parser itself.</summary>
    private static void MustBe(Option option, Predicate<double> fits, string range) =>
        option.Validators.Add(result =>
        {
            if (
                result.Tokens is [{ Value: { } text }]
                && double.TryParse(text, CultureInfo.InvariantCulture, out double value)
                && !fits(value)
            )
            {
                result.AddError($"{option.Name} must be {range}.");
            }
        });
}
