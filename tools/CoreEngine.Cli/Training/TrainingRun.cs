using System.Diagnostics;
using CoreEngine.Operators;
using CoreEngine.Optimizers;

namespace CoreEngine.Cli;

/// <summary>Trains a net on images and tests it after every epoch.</summary>
internal sealed class TrainingRun
{
    private static readonly TimeSpan s_displayInterval = TimeSpan.FromMilliseconds(200);
    private static readonly BoundOperator s_logSoftmax = OperatorRegistry.Default["log_softmax"].Bind();
    private static readonly BoundOperator s_pick = OperatorRegistry.Default["pick"].Bind();
    private static readonly BoundOperator s_sum = OperatorRegistry.Default["sum"].Bind();
    private static readonly BoundOperator s_equal = OperatorRegistry.Default["_equal"].Bind();
    private static readonly BoundOperator s_argmax = OperatorRegistry
        .Default["argmax"]
        .Bind(new Dictionary<string, string> { ["axis"] = "1" });

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
        int[] order = [.. Enumerable.Range(0, _data.Train.Count)];
        var shuffle = new Random(_settings.Seed);
        for (int epoch = 1; epoch <= _settings.Epochs; epoch++)
        {
            shuffle.Shuffle(order);
            long start = Stopwatch.GetTimestamp();
            if (Epoch(epoch, order, optimizer, cancellation) is not ({ } loss, { } accuracy))
            {
                return false;
            }

            double speed = order.Length / Stopwatch.GetElapsedTime(start).TotalSeconds;
            var result = new EpochResult(epoch, loss, accuracy, Accuracy(_data.Test), speed, watch.Elapsed);
            _history.Add(result);
            _display.Epoch(result);
        }

        return true;
    }

    /// <summary>Mean loss and accuracy of one pass; null when it was cancelled.</summary>
    private (double? Loss, double? Accuracy) Epoch(
        int epoch,
        int[] order,
        Optimizer optimizer,
        CancellationToken cancellation
    )
    {
        using NDArray lossSum = NDArray.Zeros([1]);
        using NDArray rightSum = NDArray.Zeros([1]);
        long start = Stopwatch.GetTimestamp();
        TimeSpan shown = TimeSpan.Zero;
        for (int done = 0; done < order.Length; )
        {
            if (cancellation.IsCancellationRequested)
            {
                return (null, null);
            }

            ReadOnlySpan<int> batch = order.AsSpan(done, Math.Min(_settings.Batch, order.Length - done));
            using (new ArrayScope())
            {
                Step(_data.Train.Select(batch), lossSum, rightSum);
                double progress = (epoch - 1 + (done / (double)order.Length)) / _settings.Epochs;
                optimizer.LearningRate = _settings.LearningRate * 0.5 * (1 + Math.Cos(Math.PI * progress));
                int key = 0;
                foreach (NDArray parameter in _net.Parameters.Values)
                {
                    optimizer.Update(key++, parameter, parameter.Gradient!);
                }
            }

            done += batch.Length;
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

        return (lossSum.ToScalar<float>() / order.Length, rightSum.ToScalar<float>() / order.Length);
    }

    /// <summary>Forward and backward on one batch; adds to the sums of losses and of right answers.</summary>
    private void Step(LabeledImages batch, NDArray lossSum, NDArray rightSum)
    {
        (NDArray images, NDArray labels) = Arrays(batch);
        NDArray scores;
        NDArray loss;
        using (Autograd.Record())
        {
            scores = _net.Forward(images);
            NDArray logLikelihood = Call(s_pick, Call(s_logSoftmax, scores), labels);
            loss = Call(s_sum, logLikelihood) * (-1.0 / batch.Count);
        }

        loss.Backward();
        Add(loss * batch.Count, lossSum);
        Add(Right(scores, labels), rightSum);
    }

    /// <summary>Share of images that the net recognises.</summary>
    private double Accuracy(LabeledImages images)
    {
        const int ImagesPerCall = 256;
        using NDArray rightSum = NDArray.Zeros([1]);
        int[] all = [.. Enumerable.Range(0, images.Count)];
        for (int start = 0; start < all.Length; start += ImagesPerCall)
        {
            using var scope = new ArrayScope();
            (NDArray x, NDArray labels) = Arrays(
                images.Select(all.AsSpan(start, Math.Min(ImagesPerCall, all.Length - start)))
            );
            Add(Right(_net.Forward(x), labels), rightSum);
        }

        return rightSum.ToScalar<float>() / images.Count;
    }

    private static (NDArray Images, NDArray Labels) Arrays(LabeledImages images) =>
        (
            NDArray.From(images.Pixels, [images.Count, 1, images.Height, images.Width]),
            NDArray.From(images.Labels, [images.Count])
        );

    private static NDArray Right(NDArray scores, NDArray labels) =>
        Call(s_sum, Call(s_equal, Call(s_argmax, scores), labels));

    private static void Add(NDArray value, NDArray sum) =>
        Imperative.Invoke("elemwise_add", [sum, value], attributes: null, [sum]);

    private static NDArray Call(BoundOperator op, params ReadOnlySpan<NDArray> inputs) =>
        Imperative.Invoke(op, inputs)[0];
}
