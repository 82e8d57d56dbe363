using Spectre.Console;
using Spectre.Console.Rendering;

namespace CoreEngine.Cli;

/// <summary>A table that grows with every epoch, and a bar for the one that runs: for terminals.</summary>
internal sealed class LiveDisplay : ITrainingDisplay
{
    private const int BarWidth = 40;

    /// <summary>Older epochs scroll away: a table taller than the terminal cannot be redrawn in place.</summary>
    private const int EpochsShown = 15;

    private readonly LiveDisplayContext _context;
    private readonly Table _table;
    private readonly int _epochs;
    private readonly int _samples;

    private LiveDisplay(LiveDisplayContext context, Table table, int epochs, int samples)
    {
        _context = context;
        _table = table;
        _epochs = epochs;
        _samples = samples;
    }

    /// <summary>Runs a training with a live display.</summary>
    public static T Run<T>(IAnsiConsole output, int epochs, int samples, Func<ITrainingDisplay, T> train)
    {
        Table table = new Table().Border(TableBorder.Rounded);
        foreach (string column in (string[])["epoch", "loss", "train", "test", "samples/s", "time"])
        {
            table.AddColumn(new TableColumn(column).RightAligned());
        }

        return output.Live(table).Start(context => train(new LiveDisplay(context, table, epochs, samples)));
    }

    public void Progress(int epoch, int done, double loss, double accuracy, double samplesPerSecond)
    {
        int filled = (int)((long)BarWidth * done / _samples);
        string bar = $"[green]{new string('━', filled)}[/][grey]{new string('━', BarWidth - filled)}[/]";
        _context.UpdateTarget(
            new Rows(
                _table,
                new Markup(
                    $"epoch {epoch}/{_epochs} {bar} loss {loss:0.0000}  train {accuracy:0.00%}  {samplesPerSecond:N0} samples/s"
                )
            )
        );
    }

    public void Epoch(EpochResult result)
    {
        _table.AddRow(
            $"{result.Epoch}/{_epochs}",
            $"{result.Loss:0.0000}",
            $"{result.TrainAccuracy:0.00%}",
            $"[bold]{result.TestAccuracy:0.00%}[/]",
            $"{result.SamplesPerSecond:N0}",
            $"{result.Elapsed.TotalSeconds:0.0} s"
        );
        if (_table.Rows.Count > EpochsShown)
        {
            _table.RemoveRow(0);
        }

        _context.UpdateTarget((IRenderable)_table);
    }
}
