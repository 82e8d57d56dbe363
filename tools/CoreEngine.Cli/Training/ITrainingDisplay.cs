namespace CoreEngine.Cli;

/// <summary>Shows how training goes.</summary>
internal interface ITrainingDisplay
{
    /// <summary>Some batches of an epoch are done; called a few times a second at most.</summary>
    /// <param name="epoch">Number of the pass, from 1.</param>
    /// <param name="done">Images seen in this pass.</param>
    /// <param name="loss">Mean loss of the pass so far.</param>
    /// <param name="accuracy">Training accuracy of the pass so far.</param>
    /// <param name="samplesPerSecond">Speed of the pass so far.</param>
    public void Progress(int epoch, int done, double loss, double accuracy, double samplesPerSecond);

    /// <summary>An epoch is over.</summary>
    public void Epoch(EpochResult result);
}
