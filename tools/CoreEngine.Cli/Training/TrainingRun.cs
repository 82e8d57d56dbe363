using System.Diagnostics;
using CoreEngine.Data;
using CoreEngine.Optimizers;

namespace CoreEngine.Cli;

/// <summary>Trains a net on images and tests it after every epoch.</summary>
internal sealed class TrainingRun
{
    private static readonly TimeSpan s_displayInterval = TimeSpan.FromMilliseconds(200);
    private const int TestBatch = 256;

    private readonly ImageDataset _data;
    private readonly LeNet _net;
    private readonly TrainingSettings _settings;
    private readonly ITrainingDisplay _display;
    private readonly List<EpochResult> _history = [];

    public TrainingRun(ImageDataset data, LeNet net, TrainingSettings settings, ITrainingDisplay display)
    {
        _data = data;
        _net = net;
        _settings = settings;
        _display = display;
    }

    /// <summary>The epochs that are complete.</summary>
    public IReadOnlyList<EpochResult> History => _history;

    /// <summary>Trains to the end or, when cancelled, to the end of the current batch.</summary>
    /// <returns>True when every epoch was completed.</returns>
    public bool Run(CancellationToken cancellation)
    {
        var watch = Stopwatch.StartNew();
        using Optimizer optimizer = _settings.MakeOptimizer();
        var batches = new ArrayBatchIterator(_data.Train, _settings.Batch, (ulong)_settings.Seed);
        for (int epoch = 1; epoch <= _settings.Epochs; epoch++)
        {
            long start = Stopwatch.GetTimestamp();
            using RunningScore score = new();
            if (!Epoch(epoch, batches, optimizer, score, cancellation))
            {
                return false;
            }

            double speed = score.Count / Stopwatch.GetElapsedTime(start).TotalSeconds;
            double tested = Accuracy(_data.Test);
            var result = new EpochResult(epoch, score.Loss, score.Accuracy, tested, speed, watch.Elapsed);
            _history.Add(result);
            _display.Epoch(result);
        }

        return true;
    }

    /// <summary>One pass over the training images; false when it was cancelled.</summary>
    private bool Epoch(
        int epoch,
        ArrayBatchIterator batches,
        Optimizer optimizer,
        RunningScore score,
        CancellationToken cancellation
    )
    {
        long start = Stopwatch.GetTimestamp();
        TimeSpan shown = TimeSpan.Zero;
        int step = 0;
        foreach (ArrayBatch batch in batches.Epoch(epoch))
        {
            using (batch)
            {
                if (cancellation.IsCancellationRequested)
                {
                    return false;
                }

                double progress = (epoch - 1 + (step++ / (double)batches.BatchesPerEpoch)) / _settings.Epochs;
                optimizer.LearningRate = _settings.LearningRate * 0.5 * (1 + Math.Cos(Math.PI * progress));
                Step(batch, optimizer, score);
            }

            TimeSpan elapsed = Stopwatch.GetElapsedTime(start);
            if (elapsed - shown > s_displayInterval)
            {
                shown = elapsed;
                double speed = score.Count / elapsed.TotalSeconds;
                _display.Progress(epoch, score.Count, score.Loss, score.Accuracy, speed);
            }
        }

        score.Complete();
        return true;
    }

    /// <summary>One step along the gradient.</summary>
    private void Step(ArrayBatch batch, Optimizer optimizer, RunningScore score)
    {
        using var scope = new ArrayScope();
        (NDArray images, NDArray labels) = Fresh(batch);
        NDArray scores;
        NDArray loss;
        using (Autograd.Record())
        {
            scores = _net.Forward(images);
            loss = scope.Keep(MeanLoss(scores, labels));
        }

        loss.Backward();
        int key = 0;
        foreach (NDArray parameter in _net.Parameters.Values)
        {
            optimizer.Update(key++, parameter, parameter.Gradient!);
        }

        score.Add(loss, scope.Keep(Right(scores, labels)), batch.Count);
    }

    /// <summary>Share of images that the net recognises.</summary>
    private double Accuracy(LabeledImages images)
    {
        using var score = new RunningScore();
        foreach (ArrayBatch batch in new ArrayBatchIterator(images, Math.Min(TestBatch, images.Count)).Epoch(0))
        {
            using (batch)
            using (var scope = new ArrayScope())
            {
                (NDArray x, NDArray labels) = Fresh(batch);
                NDArray scores = _net.Forward(x);
                score.Add(scope.Keep(MeanLoss(scores, labels)), scope.Keep(Right(scores, labels)), batch.Count);
            }
        }

        score.Complete();
        return score.Accuracy;
    }

    /// <summary>A batch without what only fills it up: every image counts once in an epoch.</summary>
    private static (NDArray Images, NDArray Labels) Fresh(ArrayBatch batch) =>
        batch.Count == batch.Data.Shape[0]
            ? (batch.Data, batch.Labels)
            : (batch.Data.Slice(0, batch.Count), batch.Labels.Slice(0, batch.Count));

    /// <summary>How many images get their highest score for their own class.</summary>
    private static NDArray Right(NDArray scores, NDArray labels) => scores.ArgMax(axis: 1).EqualTo(labels).Sum();

    private static NDArray MeanLoss(NDArray scores, NDArray labels) => -scores.LogSoftmax().Pick(labels).Mean();
}
