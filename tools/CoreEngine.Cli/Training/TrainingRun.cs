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
            if (Epoch(epoch, batches, optimizer, cancellation) is not ({ } loss, { } accuracy))
            {
                return false;
            }

            double speed = _data.Train.Count / Stopwatch.GetElapsedTime(start).TotalSeconds;
            var result = new EpochResult(epoch, loss, accuracy, Accuracy(_data.Test), speed, watch.Elapsed);
            _history.Add(result);
            _display.Epoch(result);
        }

        return true;
    }

    /// <summary>Mean loss and accuracy of one pass; null when it was cancelled.</summary>
    private (double? Loss, double? Accuracy) Epoch(
        int epoch,
        ArrayBatchIterator batches,
        Optimizer optimizer,
        CancellationToken cancellation
    )
    {
        using NDArray lossSum = NDArray.Zeros([1]);
        using NDArray rightSum = NDArray.Zeros([1]);
        long start = Stopwatch.GetTimestamp();
        TimeSpan shown = TimeSpan.Zero;
        int done = 0;
        foreach (ArrayBatch batch in batches.Epoch(epoch))
        {
            using (batch)
            using (new ArrayScope())
            {
                if (cancellation.IsCancellationRequested)
                {
                    return (null, null);
                }

                double progress = (epoch - 1 + (done / (double)_data.Train.Count)) / _settings.Epochs;
                optimizer.LearningRate = _settings.LearningRate * 0.5 * (1 + Math.Cos(Math.PI * progress));
                Step(batch, optimizer, lossSum, rightSum);
                done += batch.Count;
            }

            TimeSpan elapsed = Stopwatch.GetElapsedTime(start);
            if (elapsed - shown > s_displayInterval)
            {
                // Reading the sums waits for the engine, so the loop never runs far ahead of it.
                shown = elapsed;
                _display.Progress(
                    epoch,
                    done,
                    lossSum.ToScalar<float>() / done,
                    rightSum.ToScalar<float>() / done,
                    done / elapsed.TotalSeconds
                );
            }
        }

        return (lossSum.ToScalar<float>() / done, rightSum.ToScalar<float>() / done);
    }

    /// <summary>One step along the gradient; adds to the sums of losses and of right answers.</summary>
    private void Step(ArrayBatch batch, Optimizer optimizer, NDArray lossSum, NDArray rightSum)
    {
        (NDArray images, NDArray labels) = Fresh(batch);
        NDArray scores;
        NDArray loss;
        using (Autograd.Record())
        {
            scores = _net.Forward(images);
            loss = -scores.LogSoftmax().Pick(labels).Mean();
        }

        loss.Backward();
        int key = 0;
        foreach (NDArray parameter in _net.Parameters.Values)
        {
            optimizer.Update(key++, parameter, parameter.Gradient!);
        }

        Add(loss * batch.Count, lossSum);
        Add(Right(scores, labels), rightSum);
    }

    /// <summary>Share of images that the net recognises.</summary>
    private double Accuracy(LabeledImages images)
    {
        using NDArray rightSum = NDArray.Zeros([1]);
        foreach (ArrayBatch batch in new ArrayBatchIterator(images, Math.Min(TestBatch, images.Count)).Epoch(0))
        {
            using (batch)
            using (new ArrayScope())
            {
                (NDArray x, NDArray labels) = Fresh(batch);
                Add(Right(_net.Forward(x), labels), rightSum);
            }
        }

        return rightSum.ToScalar<float>() / images.Count;
    }

    /// <summary>A batch without what only fills it up: every image counts once in an epoch.</summary>
    private static (NDArray Images, NDArray Labels) Fresh(ArrayBatch batch) =>
        batch.Count == batch.Data.Shape[0]
            ? (batch.Data, batch.Labels)
            : (batch.Data.Slice(0, batch.Count), batch.Labels.Slice(0, batch.Count));

    /// <summary>How many images get their highest score for their own class.</summary>
    private static NDArray Right(NDArray scores, NDArray labels) => scores.ArgMax(axis: 1).EqualTo(labels).Sum();

    private static void Add(NDArray value, NDArray sum) =>
        Imperative.Invoke("elemwise_add", [sum, value], attributes: null, [sum]);
}
