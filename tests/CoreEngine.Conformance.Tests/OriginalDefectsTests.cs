namespace CoreEngine.Conformance.Tests;

[TestClass]
public sealed class OriginalDefectsTests
{
    [TestMethod]
    public void CorrectedMeanGradientIsWhatWasThereBeforePlusTheShare()
    {
        OperatorCase recorded = Find("mean", "mean/12");
        OperatorCase corrected = OriginalDefects.Correct(recorded)!;
        DenseArray before = recorded.GradsBefore![0].ToDense();
        DenseArray actual = corrected.Grads![0].ToDense();
        double share = recorded.HeadGrads![0].ToDense()[0] / before.Length;
        for (int i = 0; i < before.Length; i++)
        {
            Assert.AreEqual(before[i] + share, actual[i], 1e-6);
        }
    }

    [TestMethod]
    public void CorrectedSumGradientsOfBothOperandsAreTheHeadGradient()
    {
        OperatorCase recorded = Find("elemwise_add", "elemwise_add/3");
        OperatorCase corrected = OriginalDefects.Correct(recorded)!;
        DenseArray head = recorded.HeadGrads![0].ToDense();
        DenseArray actual = corrected.Grads![1].ToDense();
        for (int i = 0; i < head.Length; i++)
        {
            Assert.AreEqual(head[i], actual[i], 1e-6);
        }
    }

    [TestMethod]
    public void OtherCasesHaveNoCorrection() => Assert.IsNull(OriginalDefects.Correct(Find("mean", "mean/0")));

    private static OperatorCase Find(string op, string id) =>
        Golden.Folder.ReadOperator(op).Cases.Single(one => one.Id == id);
}
