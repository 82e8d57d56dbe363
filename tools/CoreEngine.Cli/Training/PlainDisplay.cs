using Spectre.Console;

namespace CoreEngine.Cli;

/// <summary>One line per epoch: for logs, pipes and files.</summary>
internal sealed class PlainDisplay(IAnsiConsole output, int epochs) : ITrainingDisplay
{
    public void Progress(int epoch, int done, double loss, double accuracy, double samplesPerSecond) { }

    public void Epoch(EpochResult result) =>
        output.WriteLine(
            $"epoch {result.Epoch}/{epochs}  loss {result.Loss:0.0000}  train {result.TrainAccuracy:0.00%}  "
                + $"test {result.TestAccuracy:0.00%}  {result.SamplesPerSecond:N0} samples/s  {result.Elapsed.TotalSeconds:0.0} s"
        );
}
