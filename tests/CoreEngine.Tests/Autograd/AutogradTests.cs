using CoreEngine.Operators;

namespace CoreEngine.Tests.Differentiation;

[TestClass]
public sealed class AutogradTests : EngineTestBase
{
    private static NDArray Variable(params double[] values)
    {
        NDArray array = NDArray.From(values);
        array.AttachGradient();
        return array;
    }

    private static NDArray Unary(string name, NDArray x) => Imperative.Invoke(name, [x])[0];

    [TestMethod]
    public void GradientsAreFreshUntilSomebodySaysOtherwise()
    {
        using NDArray x = NDArray.From([1.0, 2]);
        Assert.IsFalse(x.HasFreshGradient);
        Assert.Throws<EngineException>(() => x.HasFreshGradient = false);
        x.AttachGradient();
        for (int i = 0; i < 2; i++)
        {
            Assert.IsFalse(x.HasFreshGradient);
            using (Autograd.Record())
            {
                (x * x).Backward();
            }

            Assert.IsTrue(x.HasFreshGradient);
            x.HasFreshGradient = false;
        }
    }

    [TestMethod]
    public void A_product_has_both_gradients()
    {
        NDArray x = Variable(1, 2, 3);
        NDArray y = Variable(4, 5, 6);
        NDArray z;
        using (Autograd.Record())
        {
            z = x * y + x;
        }

        z.Backward();
        CollectionAssert.AreEqual(new double[] { 5, 6, 7 }, x.Gradient!.ToArray<double>());
        CollectionAssert.AreEqual(new double[] { 1, 2, 3 }, y.Gradient!.ToArray<double>());
    }

    [TestMethod]
    public void A_head_gradient_weights_the_result()
    {
        NDArray x = Variable(1, 2);
        NDArray y;
        using (Autograd.Record())
        {
            y = x * x;
        }

        y.Backward(NDArray.From<double>([10, 100]));
        CollectionAssert.AreEqual(new double[] { 20, 400 }, x.Gradient!.ToArray<double>());
    }

    [TestMethod]
    public void Parts_of_one_array_give_one_gradient()
    {
        NDArray x = Variable(1, 2, 3, 4, 5, 6);
        NDArray y;
        using (Autograd.Record())
        {
            using NDArray a = x[0..3];
            using NDArray b = x[2..5];
            using NDArray c = x[2..5];
            y = (a * 10) + (b * b) + (c * 100);
        }

        y.Backward();
        CollectionAssert.AreEqual(new double[] { 10, 10, 116, 108, 110, 0 }, x.Gradient!.ToArray<double>());
    }

    [TestMethod]
    [DataRow(GradientRequest.Write)]
    [DataRow(GradientRequest.Add)]
    public void A_weight_that_is_used_again_and_again_gets_the_sum(GradientRequest request)
    {
        NDArray w = NDArray.From<double>([0.5, -1, 2, 0.25], [2, 2]);
        w.AttachGradient(request);
        w.Gradient!.Fill(7);
        NDArray h = NDArray.From<double>([1, 2], [1, 2]);
        using (Autograd.Record())
        {
            for (int step = 0; step < 5; step++)
            {
                h = h.Dot(w);
            }

            h = h.Sum();
        }

        h.Backward();
        double[] found = w.Gradient!.ToArray<double>();
        double[] expected = PowerGradient([0.5, -1, 2, 0.25], [1, 2], steps: 5);
        for (int i = 0; i < 4; i++)
        {
            Assert.AreEqual(expected[i] + (request == GradientRequest.Add ? 7 : 0), found[i], 1e-6);
        }
    }

    // Of the sum of x W^steps, by central differences in float64.
    private static double[] PowerGradient(double[] w, double[] x, int steps)
    {
        double[] result = new double[4];
        for (int i = 0; i < 4; i++)
        {
            const double Step = 1e-5;
            double[] up = [.. w];
            double[] down = [.. w];
            up[i] += Step;
            down[i] -= Step;
            result[i] = (Power(up) - Power(down)) / (2 * Step);
        }

        return result;

        double Power(double[] m)
        {
            double a = x[0];
            double b = x[1];
            for (int step = 0; step < steps; step++)
            {
                (a, b) = ((a * m[0]) + (b * m[2]), (a * m[1]) + (b * m[3]));
            }

            return a + b;
        }
    }

    [TestMethod]
    public void Both_sides_of_one_call_may_be_the_same_variable()
    {
        NDArray x = Variable(2, 3);
        NDArray y;
        using (Autograd.Record())
        {
            y = (x * x) + x.Exp() + (x * 4);
        }

        y.Backward();
        double[] found = x.Gradient!.ToArray<double>();
        Assert.AreEqual(8 + Math.Exp(2), found[0], 1e-9);
        Assert.AreEqual(10 + Math.Exp(3), found[1], 1e-9);
    }

    [TestMethod]
    public void Requests_write_add_and_null_are_kept()
    {
        NDArray written = Variable(3);
        NDArray added = NDArray.From<double>([3]);
        added.AttachGradient(GradientRequest.Add);
        NDArray ignored = NDArray.From<double>([3]);
        ignored.AttachGradient(GradientRequest.Null);
        for (int i = 0; i < 3; i++)
        {
            NDArray y;
            using (Autograd.Record())
            {
                y = written * added * ignored;
            }

            y.Backward();
        }

        Assert.AreEqual(9, written.Gradient!.ToScalar<double>());
        Assert.AreEqual(27, added.Gradient!.ToScalar<double>());
        Assert.AreEqual(0, ignored.Gradient!.ToScalar<double>());
    }

    [TestMethod]
    public void A_graph_runs_once_unless_it_is_retained()
    {
        NDArray x = Variable(2);
        NDArray y;
        using (Autograd.Record())
        {
            y = x * x;
        }

        y.Backward(retainGraph: true);
        y.Backward();
        Assert.AreEqual(4, x.Gradient!.ToScalar<double>());
        EngineException e = Assert.Throws<EngineException>(() => y.Backward());
        StringAssert.Contains(e.Message, "retainGraph");
    }

    [TestMethod]
    public void What_a_released_graph_computed_is_a_constant_afterwards()
    {
        NDArray x = Variable(3);
        NDArray state;
        using (Autograd.Record())
        {
            state = x * x;
        }

        state.Backward();
        Assert.AreEqual(6, x.Gradient!.ToScalar<double>());
        NDArray next;
        using (Autograd.Record())
        {
            next = state * x;
        }

        next.Backward();
        Assert.AreEqual(9, x.Gradient.ToScalar<double>(), "of 9x, not of the cube");
    }

    [TestMethod]
    public void An_unrecorded_head_is_refused_with_advice()
    {
        NDArray x = Variable(2);
        NDArray y = x * x;
        EngineException e = Assert.ThrowsExactly<EngineException>(() => y.Backward());
        StringAssert.Contains(e.Message, "Record()");
    }

    [TestMethod]
    public void Pause_leaves_gaps()
    {
        NDArray x = Variable(3);
        NDArray y;
        using (Autograd.Record())
        {
            NDArray constant;
            using (Autograd.Pause())
            {
                Assert.IsFalse(Autograd.IsTraining);
                constant = x * x;
            }

            Assert.IsTrue(Autograd.IsTraining);
            y = constant * x;
        }

        Assert.IsFalse(Autograd.IsRecording);
        y.Backward();
        Assert.AreEqual(9, x.Gradient!.ToScalar<double>());
    }

    [TestMethod]
    public void Overwriting_a_recorded_array_is_refused_at_backward()
    {
        NDArray x = Variable(3);
        NDArray data = NDArray.From<double>([5]);
        NDArray y;
        using (Autograd.Record())
        {
            y = x * data;
        }

        data.Fill(1);
        EngineException e = Assert.ThrowsExactly<EngineException>(() => y.Backward());
        StringAssert.Contains(e.Message, "overwritten");
    }

    [TestMethod]
    public void Overwriting_what_backward_does_not_need_is_fine()
    {
        NDArray x = Variable(3);
        NDArray data = NDArray.From<double>([5]);
        NDArray y;
        using (Autograd.Record())
        {
            y = x + data;
        }

        data.Fill(1);
        y.Backward();
        Assert.AreEqual(1, x.Gradient!.ToScalar<double>());
    }

    [TestMethod]
    public void Writing_into_the_graph_while_recording_is_refused()
    {
        NDArray x = Variable(3);
        using (Autograd.Record())
        {
            NDArray y = x * x;
            OperatorException e = Assert.ThrowsExactly<OperatorException>(() =>
                Imperative.Invoke("elemwise_add", [y, y], outputs: [y])
            );
            StringAssert.Contains(e.Message, "Pause");
            Assert.ThrowsExactly<OperatorException>(() => y.Fill(0));
        }
    }

    [TestMethod]
    public void Disposed_intermediate_results_do_not_matter()
    {
        NDArray x = Variable(3);
        NDArray y;
        using (Autograd.Record())
        {
            using NDArray a = x * x;
            using NDArray b = NDArray.From<double>([2]);
            y = a * b;
        }

        y.Backward();
        Assert.AreEqual(12, x.Gradient!.ToScalar<double>());
    }

    [TestMethod]
    public void Gradients_flow_through_views()
    {
        NDArray x = Variable(1, 2, 3, 4, 5, 6);
        NDArray y;
        using (Autograd.Record())
        {
            NDArray rows = x.Reshape(3, 2)[1..3];
            y = rows * rows;
        }

        y.Backward();
        CollectionAssert.AreEqual(new double[] { 0, 0, 6, 8, 10, 12 }, x.Gradient!.ToArray<double>());
    }

    [TestMethod]
    public void A_variable_that_changes_between_passes_is_a_new_version()
    {
        NDArray w = Variable(1);
        for (int step = 0; step < 3; step++)
        {
            NDArray loss;
            using (Autograd.Record())
            {
                loss = w * w;
            }

            loss.Backward();
            double expected = 2 * w.ToScalar<double>();
            Assert.AreEqual(expected, w.Gradient!.ToScalar<double>());
            w.AsWritableSpan<double>()[0] -= 0.25 * expected;
        }

        Assert.AreEqual(0.125, w.ToScalar<double>());
    }

    [TestMethod]
    public void Backward_can_be_differentiated_again()
    {
        NDArray x = Variable(2);
        NDArray y;
        NDArray first;
        using (Autograd.Record())
        {
            y = x * x * x;
            first = Autograd.Gradients([y], [x], createGraph: true)[0];
        }

        Assert.AreEqual(12, first.ToScalar<double>());
        first.Backward();
        Assert.AreEqual(12, x.Gradient!.ToScalar<double>());
    }

    [TestMethod]
    public void Third_order_through_functions()
    {
        NDArray x = Variable(0.5);
        using (Autograd.Record())
        {
            NDArray y = Unary("sin", x);
            NDArray first = Autograd.Gradients([y], [x], createGraph: true)[0];
            NDArray second = Autograd.Gradients([first], [x], createGraph: true)[0];
            Assert.AreEqual(Math.Cos(0.5), first.ToScalar<double>(), 1e-12);
            Assert.AreEqual(-Math.Sin(0.5), second.ToScalar<double>(), 1e-12);
            NDArray third = Autograd.Gradients([second], [x])[0];
            Assert.AreEqual(-Math.Cos(0.5), third.ToScalar<double>(), 1e-12);
        }
    }

    [TestMethod]
    public void Several_heads_add_up()
    {
        NDArray x = Variable(3);
        NDArray y;
        NDArray z;
        using (Autograd.Record())
        {
            y = x * x;
            z = x * 10;
        }

        Autograd.Backward([y, z, y]);
        Assert.AreEqual(22, x.Gradient!.ToScalar<double>());
    }

    [TestMethod]
    public void A_deep_graph_does_not_overflow_the_stack()
    {
        NDArray x = Variable(1);
        NDArray y = x;
        using (Autograd.Record())
        {
            for (int i = 0; i < 20_000; i++)
            {
                y += 1.0;
            }
        }

        y.Backward();
        Assert.AreEqual(1, x.Gradient!.ToScalar<double>());
    }

    [TestMethod]
    public void Marking_needs_a_fitting_gradient_array()
    {
        using NDArray x = NDArray.Zeros([2, 2]);
        using NDArray g = NDArray.Zeros([4]);
        Assert.ThrowsExactly<EngineException>(() => Autograd.MarkVariable(x, g, GradientRequest.Write));
    }
}
